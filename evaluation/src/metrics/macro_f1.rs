//! F1 of classes, and its mean over them.

/// F1 of a class in a table of weights: `table[a * k + b]` is the weight of rows foretold to be of class `a` that are of class `b`.
///
/// ```text
/// F1 = 2 TP / (2 TP + FP + FN)         harmonic mean of precision and recall
/// ```
/// In [0, 1]; `None` for a class that is neither foretold nor true in any row.
///
/// # References
/// van Rijsbergen, Information Retrieval, 1979, chapter 7.
#[must_use]
pub fn f1(table: &[f64], k: usize, class: usize) -> Option<f64> {
    let told: f64 = table[class * k..(class + 1) * k].iter().sum();
    let is: f64 = (0..k).map(|told| table[told * k + class]).sum();
    (told + is > 0.0).then(|| 2.0 * table[class * k + class] / (told + is))
}

/// Mean F1 of the classes that occur, foretold or true: each class counts alike, however few rows it has.
///
/// `None` without weight.
#[must_use]
pub fn macro_f1(table: &[f64], k: usize) -> Option<f64> {
    let of_classes: Vec<f64> = (0..k).filter_map(|class| f1(table, k, class)).collect();
    let n = of_classes.len();
    (n > 0).then(|| of_classes.iter().sum::<f64>() / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKLEARN: f64 = 0.527958152958153;

    #[test]
    fn equals_scikit_learn() {
        // sklearn 1.9.1: f1_score(b, a, average="macro", sample_weight=w), and average=None; a is what is foretold.
        let a = [0, 0, 1, 1, 2, 3, 3, 2, 1, 0, 3, 2];
        let b = [0, 1, 1, 2, 2, 3, 1, 2, 0, 0, 3, 3];
        let w = [1.0, 2.0, 0.5, 1.0, 1.0, 3.0, 1.0, 0.25, 1.0, 1.0, 1.5, 1.0];
        let mut table = vec![0.0; 16];
        (0..12).for_each(|row| table[a[row] * 4 + b[row]] += w[row]);
        let each = [0.5714285714285714, 0.16666666666666666, 0.5555555555555556, 0.8181818181818182];
        for (class, expected) in each.iter().enumerate() {
            assert!(f1(&table, 4, class).is_some_and(|found| (found - expected).abs() <= 1e-12));
        }
        let found = macro_f1(&table, 4);
        assert!(found.is_some_and(|found| (found - SKLEARN).abs() <= 1e-12), "{found:?}");
        // A wrong answer would fail: the share of rows told right.
        let right: f64 = (0..4).map(|class| table[class * 5]).sum::<f64>() / w.iter().sum::<f64>();
        assert!((right - SKLEARN).abs() > 1e-3);
    }

    #[test]
    fn a_class_that_does_not_occur_is_no_class_among_others() {
        let table = [2.0, 0.0, 0.0, 1.0, 3.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(f1(&table, 3, 2), None);
        let two = macro_f1(&[2.0, 0.0, 1.0, 3.0], 2);
        assert!(macro_f1(&table, 3).zip(two).is_some_and(|(a, b)| (a - b).abs() <= 0.0));
        assert_eq!(macro_f1(&[0.0; 4], 2), None);
    }
}
