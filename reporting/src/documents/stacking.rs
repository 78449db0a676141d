//! How the dial of a stacked blend was chosen, in its card.

use super::markdown::Markdown;
use super::subject::Subject;
use crate::telling::number::Numbers;
use crate::telling::{Lang, tell};

/// The weights that were found, and the loss at the positions that they were compared with; nothing for another version.
pub(super) fn stacking(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let Some(record) = &subject.record.stacking else { return };
    let numbers = Numbers { lang };
    let [dial, baseline, candidate] =
        [subject.dial, record.baseline, record.candidate].map(|number| numbers.fixed(number, 3));
    page.paragraph(&tell!(
        lang,
        "El dial, {dial}, es el de menor pérdida logarítmica en las filas de ajuste, puntuadas en {} partes por modelos que no vieron sus casos: los log-odds de la base pesan {baseline} y los del candidato {candidate}, sin pesos negativos. Las filas de prueba no intervinieron.",
        "The dial, {dial}, is that of the least log loss on the rows that were fitted on, scored in {} folds by models that did not see their cases: the log-odds of the baseline weigh {baseline} and those of the candidate {candidate}, with no weight below 0. The test rows had no say.";
        record.folds
    ));
    let header = ["dial", lang.pick("pérdida logarítmica", "log loss")];
    let chosen = std::iter::once((subject.dial, record.log_loss));
    let mut rows: Vec<(f64, f64)> =
        chosen.chain(record.compared.iter().map(|one| (one.dial, one.log_loss))).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rows = rows.into_iter().map(|(dial, loss)| vec![numbers.fixed(dial, 3), numbers.fixed(loss, 5)]);
    page.table(&header.map(str::to_owned), rows);
}
