//! The smallest form that a cohort answers, as files: two questions and two levels.

/// The form: `A` and `B`, both binary risks.
pub const INSTRUMENT: &str = r#"
id = "small"
title = { es = "pequeño", en = "small" }
source = "made up for a test"

[[factor]]
id = "all"
label = { es = "todo", en = "all" }

[answers]
binary = [{ id = "absent", es = "ausente", en = "absent" }, { id = "present", es = "presente", en = "present" }]

[[indicator]]
id = "A"
factor = "all"
polarity = "risk"
correctable = false
answers = "binary"
label = { es = "a", en = "a" }

[[indicator]]
id = "B"
factor = "all"
polarity = "risk"
correctable = false
answers = "binary"
label = { es = "b", en = "b" }
"#;

/// What its probabilities mean: `high` from one half on.
pub const PROTOCOL: &str = r#"
id = "small-1"
title = { es = "pequeño", en = "small" }
cut_points = { es = "de prueba", en = "for a test" }
outcome = "assault"
cumulative_measures = true
unlearned_answers = "flag"

[[level]]
id = "low"
label = { es = "bajo", en = "low" }
from_probability = 0.0
measures = []

[[level]]
id = "high"
label = { es = "alto", en = "high" }
from_probability = 0.5
measures = []
"#;
