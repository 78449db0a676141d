//! One open file that several readers share.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, Length};

/// A file read at places that its users name.
///
/// Handles cloned from one file share a single position, so two threads would read each other's bytes: here each read
/// seeks and reads under a lock. The handle stays open, so a file that is replaced meanwhile is read to its end as it was.
#[derive(Debug, Clone)]
pub(super) struct SharedFile {
    bytes: Held,
    length: u64,
}

#[derive(Debug, Clone)]
enum Held {
    Disk(Arc<Mutex<File>>),
    Memory(bytes::Bytes),
}

/// A reader of a [`SharedFile`] from one place on.
pub(super) struct From {
    file: SharedFile,
    at: u64,
}

impl SharedFile {
    /// Opens a file.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { bytes: Held::Disk(Arc::new(Mutex::new(file))), length })
    }

    /// A file that is in memory only.
    pub fn in_memory(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len() as u64, bytes: Held::Memory(bytes.into()) }
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> std::io::Result<usize> {
        let file = match &self.bytes {
            Held::Disk(file) => file,
            Held::Memory(bytes) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                let n = into.len().min(bytes.len() - at);
                into[..n].copy_from_slice(&bytes[at..at + n]);
                return Ok(n);
            }
        };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read(into)
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for SharedFile {
    type T = std::io::BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(std::io::BufReader::new(From { file: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<bytes::Bytes> {
        // A damaged file may ask for more than there is: no more is set aside than the file can hold.
        let left = usize::try_from(self.length.saturating_sub(start)).unwrap_or(usize::MAX);
        if length > left {
            let message = format!("{length} bytes asked for at {start}, where {left} are left");
            return Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, message).into());
        }
        let mut bytes = vec![0; length];
        From { file: self.clone(), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

impl Read for From {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read_at(self.at, into)?;
        self.at += n as u64;
        Ok(n)
    }
}
