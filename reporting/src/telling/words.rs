//! The fixed words of pages and documents in both languages; sentences with numbers are in `summary`.

use serde::Serialize;

use super::lang::Lang;

macro_rules! words {
    ($($name:ident: $es:literal, $en:literal;)+) => {
        /// The fixed words, in one language.
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
    notes: "Notas de la cohorte:", "Notes of the cohort:";
    synthetic: "DATOS SINTÉTICOS: ningún caso de este informe es real.", "SYNTHETIC DATA: no case in this report is real.";
    contents: "Contenido", "Contents";
    summary: "Resumen", "Summary";
    case_mix: "En qué se diferencian las cohortes", "How the cohorts differ";
    case_mix_text:
        "La versión se ajustó con casos distintos de los de este informe. Si las respuestas se reparten de otro modo, cambian también las cifras de una versión cuyos efectos siguen siendo válidos. La variación total es la proporción de filas que tendría que responder otra cosa para que las respuestas se repartieran igual. El índice de estabilidad (PSI) compara las mismas proporciones y se juzga por el límite del azar: si ambas cohortes fueran muestras de una misma población, el índice de algún indicador lo superaría con una probabilidad del 5 %. El área esperada es la que tendría la curva ROC si cada caso tuviera el suceso con la probabilidad que le da la versión: lo que difiere de la declarada se debe a los casos; lo que la observada difiere de ella, a efectos que aquí no son los mismos. Las proporciones se ponderan; las filas se cuentan sin ponderar.",
        "The version was fitted on other cases than those of this report. If answers are spread in another way, the numbers of a version change although its effects still hold. Total variation is the share of the rows that would have to answer otherwise for the answers to be spread alike. The stability index (PSI) compares the same shares and is judged by the limit of chance: if both cohorts were samples of one population, the index of any indicator would exceed it with a probability of 5%. The expected area is the one that the ROC curve would have if each case had the outcome with the probability that the version gives it: what differs from the declared one is due to the cases; what the observed one differs from it by is due to effects that are not the same here. Shares are weighted; rows are counted without weights.";
    horizons: "Por plazos", "By horizon";
    horizons_text:
        "Estas tablas cuentan también las filas que se perdieron de vista antes del plazo. El área bajo la curva ROC es la de ordenar por encima a quien tiene el resultado dentro del plazo; cada fila con el resultado pesa lo que compensa a las filas perdidas antes de su día, como si se hubieran perdido sin relación con el riesgo, y la fila perdida antes del plazo no cuenta por sí misma. Su intervalo y el de la diferencia son por caso y toman esos pesos como conocidos. Las probabilidades de una versión son las del plazo completo: en plazos más cortos solo se juzga el orden, y al lado se ve la proporción observada en cada quinto de las filas por puntuación.",
        "These tables also count the rows that were lost from sight before the horizon. The area under the ROC curve is that of ranking those with the outcome within the horizon higher; each outcome has the weight that makes up for the rows lost before its day, as if they had been lost regardless of the risk, and a row that was lost before the horizon does not count by itself. Its interval and that of the difference are by case and take these weights as known. The probabilities of a version are those of the whole horizon: within shorter ones only the order is judged, and the observed share in each fifth of the rows by score stands beside it.";
    all_indicators: "Todos los indicadores", "All indicators";
    all_answers: "Todas las respuestas", "All answers";
    classes: "Clases de un resultado ordenado", "Classes of an ordered outcome";
    classes_text:
        "La clase de cada caso se compara con la que le da la versión: por la clase más probable, si la versión da probabilidades de las clases, o por su nivel, si hay tantos niveles como clases. El kappa con pesos cuadráticos vale 1 si coinciden y 0 si coinciden lo que dos órdenes independientes. La puntuación de probabilidad ordenada (RPS) vale 0 si la clase verdadera era segura y 1 si lo era la del otro extremo; un nivel cuenta como seguro de su clase. F1 es la media armónica de las proporciones «de la clase, situadas en ella» y «situadas en ella, de la clase», y F1 macro su media entre las clases, cada una con el mismo peso.",
        "The class of each case is compared with the one that the version gives it: by the most probable class if the version gives probabilities of classes, or by its level if there are as many levels as classes. Kappa with quadratic weights is 1 if they agree, and 0 if they agree as two independent orders would. The ranked probability score (RPS) is 0 if the true class was certain and 1 if that of the other end was; a level counts as certain of its class. F1 is the harmonic mean of the shares \"of the class, put at it\" and \"put at it, of the class\", and macro F1 its mean over the classes, each with the same weight.";
    transition: "Plan de transición", "Transition plan";
    transition_text:
        "El dial va de la base estadística (0) al modelo candidato (1); cada posición es una versión. El plan muestra qué cambiaría con cada una, para que la autoridad elija el paso: cuántos casos pasarían a otro nivel, y cuántos de ellos tuvieron el suceso; cuántos casos pide cada nivel (la sobrecarga) y a cuántos casos con el suceso llega (la protección); y la diferencia entre grupos en esto último. En los primeros gráficos, una posición es mejor si está más arriba sin estar más a la derecha. Las líneas que atraviesan las marcas de esos gráficos son el intervalo del 95 % de la diferencia pareada respecto a la versión de referencia (el rombo); en los demás, el intervalo de la propia cifra. Las filas se cuentan sin ponderar; las proporciones se ponderan. Los niveles son los de la probabilidad, antes de las reglas del protocolo; si una cláusula de la versión dice que no bajan del nivel de la base por sí sola, se aplica.",
        "The dial goes from the statistical baseline (0) to the candidate model (1); each position is a version. The plan shows what each of them would change, so that the authority can choose the step: how many cases would be at another level, and how many of these had the outcome; how many cases each level asks for (the overload), and how many of the cases with the outcome it reaches (the protection); and the difference between groups in the latter. In the first plots, a position is better if it lies higher without lying further to the right. The lines through the marks of these plots are the 95% interval of the paired difference from the reference version (the diamond); in the others, the interval of the number itself. Rows are counted without weights; shares are weighted. Levels are those of the probability, before the rules of the protocol; where a clause of the version says that they are never below the level of the baseline alone, it is applied.";
    unknowns: "Con menos respuestas", "As fewer questions are answered";
    unknowns_text:
        "La misma versión puntúa las mismas filas después de convertir en «desconocida» una parte de sus respuestas conocidas, elegida al azar. Lo que es desconocido con una proporción lo es también con todas las mayores. Los gráficos muestran cuánto peor se ordenan los casos cuando se responden menos preguntas. Si lo que se calla son precisamente las respuestas que indican peligro, se pierde más. La línea que atraviesa cada marca es su intervalo del 95 %; en el segundo gráfico, el de la diferencia pareada.",
        "The same version scores the same rows after a part of their known answers, chosen at random, was turned to \u{201c}unknown\u{201d}. What is unknown at one share is unknown at all larger ones. The plots show how much worse cases are ranked when fewer questions are answered. If it is the answers that speak of danger that are left out, more is lost. The line through each mark is its 95% interval; in the second plot, that of the paired difference.";
    plots: "Gráficos", "Plots";
    tables: "Tablas", "Tables";
    definitions: "Definiciones", "Definitions";
    how: "Qué se evaluó y cómo", "What was evaluated, and how";
    intervals:
        "Los corchetes contienen intervalos de confianza del 95 %. Se obtienen remuestreando casos (bootstrap) e indican cuánto variaría la cifra con otros casos de la misma población. Una distancia nunca es negativa y el azar solo puede aumentarla; por eso el intervalo de un error de calibración o de una diferencia máxima-mínima se centra en su valor y se corta en 0. Un intervalo simultáneo es válido a la vez para todas las diferencias de una misma medida, entre todas las etiquetas de todas las variables de grupo. Los intervalos del área bajo la curva y del índice de concordancia se calculan a partir de la contribución de cada caso (DeLong; jackknife infinitesimal), y los de las proporciones observadas por tramo de probabilidad son de Wilson. Ningún intervalo refleja la elección de los datos de entrenamiento, los resultados mal registrados ni los cambios de la población.",
        "Brackets contain 95% confidence intervals. They come from resampling cases (bootstrap) and show how much the number would vary with other cases from the same population. A distance is never negative, and chance can only increase it; the interval of a calibration error or of a max-min difference is therefore centred on its value and cut off at 0. A simultaneous interval holds at once for all differences in one measure, between all labels of all group variables. The intervals of the area under the curve and of the concordance index are computed from the contribution of each case (DeLong; infinitesimal jackknife), and those of the observed proportions by probability bin are Wilson intervals. No interval accounts for the choice of the training data, for wrongly recorded outcomes or for changes in the population.";
    marks:
        "Un rombo marca la versión de referencia, un círculo cualquier otra versión y un cuadrado una puntuación externa. La línea que atraviesa cada marca es su intervalo del 95 %.",
        "A diamond marks the reference version, a circle any other version and a square an external score. The line through each mark is its 95% interval.";
    plot_discrimination: "Discriminación", "Discrimination";
    plot_discrimination_text:
        "El área bajo la curva ROC es la frecuencia con que, de dos casos tomados al azar, uno con el suceso y otro sin él, el primero recibe la puntuación más alta. Un valor de 0,5 equivale al azar. Los intervalos de dos versiones pueden solaparse aunque su diferencia sea clara: las diferencias pareadas están en las tablas.",
        "The area under the ROC curve is how often, of two cases drawn at random, one with the outcome and one without, the first has the higher score. A value of 0.5 is chance. The intervals of two versions may overlap although their difference is clear: the tables give the paired differences.";
    plot_reliability: "Calibración de las probabilidades", "Calibration of the probabilities";
    plot_reliability_text:
        "Los casos se agrupan en tramos de probabilidad parecida (cuantiles). El eje horizontal muestra la probabilidad media de cada tramo y el vertical, la proporción de casos con el suceso. Un tramo sobre la diagonal está bien calibrado; si queda por encima, la versión subestima el riesgo. La línea con banda es la curva de calibración suavizada con su intervalo en cada punto. La franja inferior muestra los límites de cada tramo, con una altura proporcional a sus filas; el último tramo puede sobrepasar el borde.",
        "Cases are grouped into bins of similar probability (quantiles). The horizontal axis shows the mean probability of each bin, and the vertical axis the proportion of cases with the outcome. A bin on the diagonal is well calibrated; above it, the version underestimates the risk. The line with a band is the smooth calibration curve with its interval at each point. The strip below shows the limits of each bin, with a height in proportion to its rows; the last bin may extend beyond the edge.";
    no_reliability: "Ninguna versión da probabilidades.", "No version gives probabilities.";
    plot_decision:
        "Curvas de decisión: beneficio neto de actuar",
        "Decision curves: the net benefit of acting";
    plot_decision_text:
        "El beneficio neto de actuar a partir de un umbral se expresa por cada 1000 casos: los casos con el suceso sobre los que se actúa, menos los demás, ponderados por el coste relativo de actuar sin necesidad que implica el umbral. La línea con banda es la versión con su intervalo; la línea negra fina, la versión de referencia; la discontinua, actuar en todos los casos; el cero, no actuar en ninguno. Las líneas punteadas son los puntos de corte de los niveles. Una versión es útil en los umbrales en que su línea queda por encima de las demás.",
        "The net benefit of acting from a threshold upwards is given per 1,000 cases: the cases with the outcome that are acted on, minus the others, weighted by the relative cost of acting needlessly that the threshold implies. The line with a band is the version with its interval; the thin black line is the reference version; the dashed line is acting on every case; zero is acting on none. Dotted lines are the cut-points of the levels. A version is useful at the thresholds where its line lies above the others.";
    no_decision:
        "Ninguna versión tiene curva de decisión.",
        "No version has a decision curve.";
    plot_levels: "Los niveles: cuántos casos y qué ocurrió", "The levels: how many cases, and what happened";
    plot_levels_text:
        "A la izquierda se muestra la proporción de casos en cada nivel; a la derecha, la proporción de ellos con el suceso, que debería aumentar de un nivel al siguiente. Los niveles de una versión son los de su probabilidad; el modelo de letalidad y los mínimos del protocolo pueden elevar el nivel que propone el servicio.",
        "The left side shows the proportion of cases at each level; the right side shows the proportion of those with the outcome, which should increase from each level to the next. The levels of a version are those of its probability; the lethality model and the protocol's minimum levels may raise the level that the service proposes.";
    no_levels: "No se asignaron niveles.", "No levels were assigned.";
    plot_flow:
        "Reclasificación entre niveles",
        "Moves between levels";
    plot_flow_text:
        "A la izquierda están los niveles de la versión de referencia y a la derecha los de la versión, con el más alto arriba. Cada cinta representa los casos que pasan de un nivel a otro, con un grosor proporcional a su número. Las cintas de los casos que suben son naranjas y llevan trazos oblicuos ascendentes; las de los que bajan son azules y llevan trazos descendentes; las de los que no cambian son grises. Un número de casos demasiado pequeño para publicarse se dibuja como una línea.",
        "The levels of the reference version are on the left and those of the version on the right, with the highest on top. Each ribbon stands for the cases that go from one level to another, with a thickness in proportion to their number. Ribbons of cases that move up are orange and carry strokes that slope upwards; ribbons of cases that move down are blue and carry strokes that slope downwards; ribbons of cases that stay are grey. A number of cases too small to publish is drawn as a line.";
    no_flow:
        "Ninguna versión tiene los mismos niveles que la de referencia.",
        "No version has the same levels as the reference.";
    plot_gaps: "Diferencias entre grupos", "Differences between groups";
    no_groups: "No se proporcionaron variables de grupo.", "No group variables were given.";
    tables_text:
        "Cada cifra va acompañada de su intervalo del 95 %. Cuando una cifra no se conoce, se indica el motivo; una cifra se suprime si se apoya en demasiado pocas filas para publicarse.",
        "Every number comes with its 95% interval. Where a number is not known, the reason is given; a number is suppressed if it rests on too few rows to be published.";
    overall: "Todas las filas, por versión", "All rows, by version";
    differences: "Diferencias respecto a la referencia", "Differences from the reference";
    threshold_differences: "Diferencias en cada nivel", "Differences at each level";
    by_level: "Por nivel", "By level";
    reliability_table: "Calibración por tramos de probabilidad", "Calibration by probability bin";
    decision_table:
        "Beneficio neto por 1000 casos",
        "Net benefit per 1,000 cases";
    reclassification_table:
        "Casos de cada nivel de la referencia en cada nivel de la versión",
        "Cases from each level of the reference at each level of the version";
    reclassification:
        "Reclasificación entre niveles",
        "Moves between levels";
    reclassified_table:
        "Proporción de filas reclasificadas, por grupo",
        "Proportion of rows reclassified, by group";
    agreement_table:
        "Acuerdo entre niveles como escala ordinal",
        "Agreement between levels as an ordinal scale";
    no_agreement:
        "No hay dos escalas con los mismos niveles.",
        "No two scales have the same levels.";
    workload_table:
        "Carga de trabajo que supone cada nivel",
        "Workload of each level";
    by_group: "Por grupo", "By group";
    by_group_text:
        "Estas tablas cubren la versión evaluada, la que mejor ordena los casos y la de referencia. Primero se dan las diferencias entre etiquetas: las de los gráficos y cualquier otra que se distinga de cero. Después se dan los valores de cada etiqueta y, debajo, su diferencia respecto a la versión de referencia si el intervalo excluye el cero. Las demás versiones y medidas están en report.csv.",
        "These tables cover the version evaluated, the one that ranks cases best, and the reference. The differences between labels come first: those of the plots, and any other that can be told from zero. The values of each label follow, with their difference from the reference version below if the interval excludes zero. The other versions and measures are in report.csv.";
    second: "frente a la ref.", "vs ref.";
    events: "sucesos", "events";
    definitions_text:
        "w es el peso de la fila, y el resultado (0 o 1), p la probabilidad, s la puntuación, l el nivel y q la intensidad de la protección del nivel.",
        "w is the weight of a row, y the outcome (0 or 1), p the probability, s the score, l the level, and q the intensity of the level's protection.";
    range: "Rango:", "Range:";
    good: "Valores deseables:", "Desirable values:";
    reference: "Referencia:", "Reference:";
    footer:
        "Las mismas cifras, sin redondear, están en report.json (cuyo esquema es report.schema.json) y, una por fila, en report.csv.",
        "The same numbers, unrounded, are in report.json (its schema is report.schema.json) and, one per row, in report.csv.";
    fingerprint: "Huella de los datos:", "Fingerprint of the data:";
    protection_hides_risk:
        "El nivel decide la protección, y la protección evita agresiones. Por eso, con datos de un sistema en uso, toda medida de acierto subestima una versión que protegió bien.",
        "The level decides the protection, and protection prevents assaults. On data from a system in use, every measure of accuracy therefore understates a version that protected well.";
    horizon_unknown: "no se conoce: la fuente no lo indica", "not known: the source does not state it";
}
