//! t
use amparo_datasets::*;
use std::path::Path;
use std::sync::Arc;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    match a[1].as_str() {
        "import" => {
            let c = table::import(&Source::named(&a[2]).unwrap(), Path::new(&a[3])).unwrap();
            table::write_cohort(&c, Path::new(&a[4])).unwrap();
            println!("{}", Description::of(&c).render());
        }
        "read" => match table::read_cohort(Path::new(&a[2])) { Ok(c) => println!("ok {}", c.n_rows()), Err(e) => println!("{e}") },
        "forms" => match table::read_forms(Path::new(&a[3]), &Arc::new(Instrument::named(&a[2]).unwrap())) { Ok(f) => println!("ok {} {:?}", f.answers.n_rows(), f.ignored), Err(e) => println!("{}", e) },
        "big" => {
            let i = Arc::new(Instrument::named("vpr5.0-h").unwrap());
            let n = 1_000_000;
            let codes = (0..n).flat_map(|r| i.indicators().iter().enumerate().map(move |(k, q)| ((r * 7 + k * 3) % q.n_answers()) as u8).collect::<Vec<_>>()).collect();
            let p = CohortParts { answers: Answers::from_codes(i.clone(), codes).unwrap(), cases: (0..n).map(|r| format!("case{r}")).collect(), dates: None, weights: vec![1.0; n],
              outcomes: vec![Outcome{name:"o".into(),horizon_days:None,status:(0..n).map(|r| if r%7==0 {Status::Event} else {Status::NoEvent}).collect(),days:None}], groups: vec![], scores: vec![], oracles: vec![],
              provenance: Provenance{title:"t".into(),synthetic:None,source:None,input_digest:None,notes:vec![]} };
            let c = Cohort::new(p).unwrap();
            let t = std::time::Instant::now(); table::write_cohort(&c, Path::new("/tmp/big.parquet")).unwrap(); println!("write {:?}", t.elapsed());
            let t = std::time::Instant::now(); let b = table::read_cohort(Path::new("/tmp/big.parquet")).unwrap(); println!("read {:?} {}", t.elapsed(), b == c);
        }
        _ => {}
    }
}
