use std::sync::Mutex;

use super::*;
use crate::conformance::{Harness, violations};

/// A schema for each store.
#[derive(Default)]
struct Postgres(Mutex<Vec<(Arc<dyn Store>, String)>>);

impl Harness for Postgres {
    fn fresh(&self) -> Pending<'_, Arc<dyn Store>> {
        Box::pin(async {
            let address = Place::fresh().await.address;
            let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&address).await?);
            self.0.lock().unwrap().push((Arc::clone(&store), address));
            Ok(store)
        })
    }

    fn reopened<'a>(&'a self, store: &'a dyn Store) -> Pending<'a, Option<Arc<dyn Store>>> {
        let made = self.0.lock().unwrap();
        let (_, address) = made.iter().find(|(made, _)| std::ptr::addr_eq(&raw const **made, store)).unwrap();
        let address = address.clone();
        Box::pin(async move { Ok(Some(Arc::new(PostgresStore::open(&address).await?) as Arc<dyn Store>)) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgresql_conforms() {
    assert_eq!(violations(&Postgres::default()).await, []);
}
