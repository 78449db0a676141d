//! The fixed words of the page in both languages; sentences with numbers are in `summary`.

use serde::Serialize;

use super::lang::Lang;

macro_rules! words {
    ($($name:ident: $es:literal, $en:literal;)+) => {
        /// The fixed words of the page, in one language.
        #[derive(Debug, Clone, Serialize)]
        pub(crate) struct Words {
            $(pub(crate) $name: &'static str,)+
        }

        impl Words {
            pub(crate) fn new(lang: Lang) -> Self {
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
        "Entre corchetes, intervalos del 95 % por remuestreo de casos (bootstrap): cuánto se movería la cifra con otros casos de la misma clase. Los de una distancia, que nunca es negativa (errores de calibración, mayor menos menor), van centrados en ella y se cortan en 0, porque el azar solo puede agrandarla. Los intervalos simultáneos valen a la vez para todas las diferencias de una misma medida entre todas las etiquetas de todos los grupos. Ninguno cubre la elección de los datos de entrenamiento, los resultados mal registrados ni una población que cambia. Los del área bajo la curva y de la concordancia salen de lo que aporta cada caso (DeLong; navaja infinitesimal), sin remuestreo; los de los grupos de probabilidad son de Wilson.",
        "In brackets, 95% intervals from resampling cases (bootstrap): how much the number would move with other cases of the same kind. Those of a distance, which is never negative (calibration errors, highest less lowest), are centred on it and cut off at 0, because chance can only make it larger. Simultaneous intervals hold at once for all gaps of one measure, between all labels of all group columns. None covers the choice of the training rows, wrongly recorded outcomes, or a population that changes. Those of the area under the curve and of concordance come from what each case contributes (DeLong; infinitesimal jackknife), without resampling; those of the probability bins are Wilson's.";
    marks:
        "Rombo: versión de referencia. Círculo: otra versión. Cuadrado: puntuación ajena. La línea horizontal o vertical de cada marca es su intervalo del 95 %.",
        "Diamond: the reference version. Circle: another version. Square: a foreign score. The line through each mark is its 95% interval.";
    plot_discrimination: "Discriminación", "Discrimination";
    plot_discrimination_text:
        "Área bajo la curva ROC: de dos casos, uno con el suceso y otro sin él, la frecuencia con que el primero recibe la puntuación más alta. 0,5 es el azar. Los intervalos de dos versiones pueden solaparse aunque su diferencia sea clara: véanse las diferencias pareadas en las tablas.",
        "Area under the ROC curve: of two cases, one with the outcome and one without, how often the first has the higher score. 0.5 is chance. Two versions' intervals may overlap although their difference is clear: see the paired differences in the tables.";
    plot_reliability: "Fiabilidad de las probabilidades", "Reliability of the probabilities";
    plot_reliability_text:
        "Casos agrupados por probabilidad parecida (cuantiles): en horizontal, la probabilidad media; en vertical, la proporción con el suceso. Sobre la diagonal, la probabilidad dice la verdad; por encima, el riesgo se subestima. La línea con franja es la curva suave de calibración y su intervalo en cada punto. La tira inferior muestra de dónde a dónde va cada grupo, con altura según sus filas; el último puede seguir más allá del borde.",
        "Cases grouped by similar probability (quantiles): across, the mean probability; up, the share with the outcome. On the diagonal the probability tells the truth; above it, risk is underestimated. The line with a band is the smooth calibration curve and its interval at each place. The strip below shows from where to where each bin reaches, its height by its rows; the last may go on beyond the edge.";
    no_reliability: "Ninguna versión da probabilidades.", "No version gives probabilities.";
    plot_decision:
        "Curvas de decisión: qué vale actuar",
        "Decision curves: what acting is worth";
    plot_decision_text:
        "Beneficio neto por cada 1.000 casos de actuar a partir de cada umbral: los casos con el suceso alcanzados, menos los demás, descontados según lo que el umbral dice que cuesta actuar de más. Línea con franja: la versión y su intervalo; línea negra fina: la versión de referencia; discontinua: actuar con todos; cero: con nadie. Punteadas: los cortes de los niveles. Una versión sirve en los umbrales en que está por encima de las demás líneas.",
        "Net benefit for every 1,000 cases of acting from each threshold on: the cases with the outcome that are reached, less the others, discounted by what the threshold says that acting needlessly costs. Line with a band: the version and its interval; thin black line: the reference version; dashed: acting on everybody; zero: on nobody. Dotted: the cuts of the levels. A version is useful at the thresholds where it lies above the other lines.";
    no_decision:
        "Ninguna versión tiene curva de decisión.",
        "No version has a decision curve.";
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
    plot_flow:
        "Casos que cambian de nivel",
        "Cases that move between levels";
    plot_flow_text:
        "A la izquierda, los niveles de la referencia; a la derecha, los de la versión, el más alto arriba. Cada cinta son los casos que van de uno a otro, con su grosor: las que suben llevan trazo oblicuo hacia arriba y color naranja; las que bajan, hacia abajo y azul; gris, los que se quedan. Un número de casos demasiado pequeño para publicarse es una línea.",
        "Left, the levels of the reference; right, those of the version, the highest on top. Each ribbon is the cases that go from one to the other, by its thickness: those that rise slope upwards and are orange; those that fall slope downwards and are blue; grey ones stay. A number of cases too small to publish is a line.";
    no_flow:
        "Ninguna versión se comparó nivel a nivel con la referencia.",
        "No version was compared with the reference level by level.";
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
    decision_table:
        "Beneficio neto por 1.000 casos, en cifras",
        "Net benefit for every 1,000 cases, in numbers";
    moves_table:
        "Casos de cada nivel de la referencia en cada nivel de la versión",
        "Cases from each level of the reference at each level of the version";
    movers:
        "Movimientos entre niveles",
        "Moves between levels";
    movers_table:
        "Quién cambia de nivel: proporción de las filas",
        "Who moves: share of the rows";
    agreement_table:
        "Acuerdo de los niveles como escala ordenada",
        "Agreement of the levels as an ordered scale";
    no_agreement:
        "No hay dos escalas con los mismos niveles.",
        "No two scales have the same levels.";
    workload_table:
        "Qué piden los niveles a la policía",
        "What the levels ask of the police";
    by_group: "Por grupo", "By group";
    by_group_text:
        "Para la versión evaluada, la que mejor ordena y la de referencia: primero las diferencias entre etiquetas, las de los gráficos y cualquier otra que se distinga de cero; después los valores de cada etiqueta, con su diferencia respecto a la versión de referencia debajo, solo donde el intervalo excluye el cero. Las demás versiones y medidas están en report.csv.",
        "For the version evaluated, the one that ranks best, and the reference: first the gaps between labels, those of the plots and any other that can be told from zero; then the values of each label, with their difference from the reference version below, only where the interval excludes zero. The other versions and measures are in report.csv.";
    second: "frente a la ref.", "vs ref.";
    events: "sucesos", "events";
    definitions_text:
        "w peso de la fila, y resultado (0 o 1), p probabilidad, s puntuación, l nivel, q intensidad de la protección del nivel.",
        "w weight of a row, y outcome (0 or 1), p probability, s score, l level, q intensity of the level's protection.";
    range: "Rango:", "Range:";
    good: "Qué es bueno:", "What is good:";
    reference: "Referencia:", "Reference:";
    footer:
        "Las mismas cifras, sin redondear, están en report.json (con su esquema, report.schema.json) y, una por fila, en report.csv.",
        "The same numbers, not rounded, are in report.json (with its schema, report.schema.json) and, one a row, in report.csv.";
    fingerprint: "Huella de los datos:", "Fingerprint of the data:";
}
