//! The fixed words of the page in both languages; sentences with numbers are in `summary`.

use serde::Serialize;

use super::Lang;

macro_rules! words {
    ($($name:ident: $es:literal, $en:literal;)+) => {
        /// The fixed words of the page, in one language.
        #[derive(Debug, Clone, Serialize)]
        pub(super) struct Words {
            $(pub(super) $name: &'static str,)+
        }

        impl Words {
            pub(super) fn new(lang: Lang) -> Self {
                Self { $($name: lang.pick($es, $en),)+ }
            }
        }
    };
}

words! {
    kicker: "Informe de evaluación", "Evaluation report";
    synthetic: "DATOS SINTÉTICOS: ningún caso de este informe es real.", "SYNTHETIC DATA: no case in this report is real.";
    contents: "Contenido", "Contents";
    summary: "Resumen", "Summary";
    plots: "Gráficos", "Plots";
    tables: "Tablas", "Tables";
    definitions: "Definiciones", "Definitions";
    how: "Con qué y cómo se evaluó", "What was evaluated, and how";
    intervals:
        "Entre corchetes, intervalos del 95 % por remuestreo de casos (bootstrap): cuánto se movería la cifra con otros casos de la misma clase. No cubren la elección de los datos de entrenamiento, los resultados mal registrados ni una población que cambia. Los de la fiabilidad son de Wilson.",
        "In brackets, 95% intervals from resampling cases (bootstrap): how much the number would move with other cases of the same kind. They do not cover the choice of the training rows, wrongly recorded outcomes, or a population that changes. Those of the reliability diagrams are Wilson's.";
    marks:
        "Rombo: versión de referencia. Círculo: otra versión. Cuadrado: puntuación ajena. La línea horizontal o vertical de cada marca es su intervalo del 95 %.",
        "Diamond: the reference version. Circle: another version. Square: a foreign score. The line through each mark is its 95% interval.";
    plot_discrimination: "Discriminación", "Discrimination";
    plot_discrimination_text:
        "Área bajo la curva ROC: de dos casos, uno con el suceso y otro sin él, la frecuencia con que el primero recibe la puntuación más alta. 0,5 es el azar. Los intervalos de dos versiones pueden solaparse aunque su diferencia sea clara: véanse las diferencias pareadas en las tablas.",
        "Area under the ROC curve: of two cases, one with the outcome and one without, how often the first has the higher score. 0.5 is chance. Two versions' intervals may overlap although their difference is clear: see the paired differences in the tables.";
    plot_reliability: "Fiabilidad de las probabilidades", "Reliability of the probabilities";
    plot_reliability_text:
        "Casos agrupados por probabilidad parecida (cuantiles): en horizontal, la probabilidad media; en vertical, la proporción con el suceso. Sobre la diagonal, la probabilidad dice la verdad; por encima, el riesgo se subestima. La franja inferior muestra de dónde a dónde va cada grupo, con altura según sus filas; el último puede seguir más allá del borde.",
        "Cases grouped by similar probability (quantiles): across, the mean probability; up, the share with the outcome. On the diagonal the probability tells the truth; above it, risk is underestimated. The strip below shows from where to where each bin reaches, its height by its rows; the last may go on beyond the edge.";
    no_reliability: "Ninguna versión da probabilidades.", "No version gives probabilities.";
    plot_dial: "El dial: de la referencia estadística al modelo", "The dial: from the statistical baseline to the model";
    plot_dial_text:
        "En cada posición del dial (0: solo la base estadística; 1: solo el candidato), la protección de los casos con el suceso y la que se dedicó a los demás. Mejor es más de la primera sin más de la segunda.",
        "At each position of the dial (0: baseline only; 1: candidate only), the protection of the cases with the outcome, and what went to the others. Better is more of the first without more of the second.";
    no_dial: "Ninguna versión tiene dial.", "No version has a dial.";
    plot_levels: "Los niveles: cuántos casos y qué ocurrió", "The levels: how many cases, and what happened";
    plot_levels_text:
        "A la izquierda, la proporción de casos en cada nivel; a la derecha, la proporción de ellos con el suceso, que debe crecer de nivel en nivel. Los de una versión son los de su probabilidad: la lectura de letalidad y los mínimos del protocolo pueden elevar lo que propone el servicio.",
        "Left, the share of cases at each level; right, the share of those with the outcome, which should rise from level to level. A version's levels are those of its probability: the second reading and the protocol's floors may raise what the service proposes.";
    no_levels: "No se asignaron niveles.", "No levels were assigned.";
    plot_gaps: "Diferencias entre grupos", "Gaps between groups";
    no_groups: "No se dieron columnas de grupos.", "No group columns were given.";
    tables_text:
        "Cada cifra con su intervalo del 95 %. «No se sabe» va siempre con su motivo; lo suprimido se apoya en demasiadas pocas filas para publicarse.",
        "Every number with its 95% interval. \"Not known\" always comes with its reason; what is suppressed rests on too few rows to be published.";
    overall: "Todas las filas, por versión", "All rows, by version";
    differences: "Diferencias respecto a la referencia", "Differences from the reference";
    threshold_differences: "Diferencias en cada nivel", "Differences at each level";
    by_level: "Por nivel", "By level";
    reliability_table: "Fiabilidad en cifras", "Reliability in numbers";
    by_group: "Por grupo", "By group";
    by_group_text:
        "Debajo de cada valor, su diferencia con la etiqueta de referencia del grupo, con signo: 0 es igualdad. Las demás medidas por grupo están en report.json.",
        "Below each value, its signed difference from the group's reference label: 0 is equality. The other measures by group are in report.json.";
    gap: "dif.", "gap";
    events: "sucesos", "events";
    definitions_text:
        "w peso de la fila, y resultado (0 o 1), p probabilidad, s puntuación, l nivel, q intensidad de la protección del nivel.",
        "w weight of a row, y outcome (0 or 1), p probability, s score, l level, q intensity of the level's protection.";
    range: "Rango:", "Range:";
    good: "Qué es bueno:", "What is good:";
    reference: "Referencia:", "Reference:";
    footer: "Las mismas cifras, sin redondear, están en report.json.", "The same numbers, not rounded, are in report.json.";
    fingerprint: "Huella de los datos:", "Fingerprint of the data:";
}
