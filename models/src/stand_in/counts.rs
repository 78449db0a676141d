use amparo_datasets::Answers;

/// How often each answer occurs among the rows of a fit, before small counts are withheld.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    /// Rows, by indicator and code.
    pub rows: Vec<Vec<u64>>,
    /// Events among them.
    pub events: Vec<Vec<u64>>,
    /// Sum of their weights.
    pub weights: Vec<Vec<f64>>,
}

impl Counts {
    /// Counts rows; `events` and `weights` hold one entry a row.
    pub fn of(answers: &Answers, events: &[bool], weights: &[f64]) -> Self {
        let sizes: Vec<usize> = answers.instrument().indicators().iter().map(|i| i.n_answers()).collect();
        let zeros = || sizes.iter().map(|&n| vec![0; n]).collect::<Vec<Vec<u64>>>();
        let mut counts =
            Self { rows: zeros(), events: zeros(), weights: sizes.iter().map(|&n| vec![0.0; n]).collect() };
        for ((row, &event), &weight) in answers.rows().zip(events).zip(weights) {
            for (j, &code) in row.iter().enumerate() {
                let code = usize::from(code);
                counts.rows[j][code] += 1;
                counts.events[j][code] += u64::from(event);
                counts.weights[j][code] += weight;
            }
        }
        counts
    }
}
