//! The items, in the guideline's order.

use super::What;

/// How an item is answered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    /// From the report and the version.
    Evidence(What),
    /// By a fact of the software.
    Known(&'static str, &'static str),
    /// By a fact of the software, and the rest by the authority.
    Both(&'static str, &'static str, &'static str, &'static str),
    /// By the authority alone: what it has to say.
    Open(&'static str, &'static str),
}

/// An item of the guideline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) number: &'static str,
    pub(super) es: &'static str,
    pub(super) en: &'static str,
    pub(super) answer: Answer,
}

const fn item(number: &'static str, es: &'static str, en: &'static str, answer: Answer) -> Item {
    Item { number, es, en, answer }
}

pub(super) const ITEMS: &[Item] = &[
    item("1", "Título", "Title", Answer::Evidence(What::Title)),
    item("2", "Resumen", "Abstract", Answer::Open("el resumen del estudio.", "the abstract of the study.")),
    item("3a", "Contexto y motivo", "Context and rationale", Answer::Evidence(What::Background)),
    item(
        "3b",
        "Población y uso previsto",
        "Target population and intended use",
        Answer::Both(
            "Casos a los que se aplica el formulario; propone un nivel que una persona confirma o eleva.",
            "Cases that the form is filled in for; it proposes a level that a person confirms or raises.",
            "qué personas son, el servicio, sus usuarios y el recorrido del caso.",
            "which people these are, the service, its users, and the path of a case.",
        ),
    ),
    item(
        "3c",
        "Desigualdades conocidas entre grupos",
        "Known inequalities between groups",
        Answer::Open("las conocidas en su población.", "those known in its population."),
    ),
    item(
        "4",
        "Objetivos",
        "Objectives",
        Answer::Known(
            "Evaluar versiones ya publicadas y compararlas con la de referencia; no se desarrolla ningún modelo.",
            "To evaluate versions already published and compare them with the reference; no model is developed.",
        ),
    ),
    item("5a", "Fuentes de datos", "Sources of data", Answer::Evidence(What::Sources)),
    item(
        "5b",
        "Fechas de los datos",
        "Dates of the data",
        Answer::Open(
            "inicio y fin de la recogida y del seguimiento.",
            "start and end of accrual and of follow-up.",
        ),
    ),
    item(
        "6a",
        "Ámbito del estudio",
        "Study setting",
        Answer::Open("unidades, lugares y su número.", "units, places and their number."),
    ),
    item(
        "6b",
        "Criterios de inclusión",
        "Eligibility criteria",
        Answer::Open("qué casos entran y cuáles no.", "which cases enter and which do not."),
    ),
    item(
        "6c",
        "Intervenciones recibidas",
        "Interventions received",
        Answer::Both(
            "La protección recibida no se corrige: toda medida de acierto subestima a una versión que protegió bien.",
            "Protection received is not corrected for: every measure of accuracy understates a version that protected well.",
            "qué protección recibieron los casos.",
            "which protection the cases received.",
        ),
    ),
    item(
        "7",
        "Preparación de los datos",
        "Data preparation",
        Answer::Open(
            "limpieza y controles previos a la cohorte, y si fueron iguales en todos los grupos.",
            "cleaning and checks before the cohort, and whether alike in all groups.",
        ),
    ),
    item("8a", "Resultado y plazo", "Outcome and horizon", Answer::Evidence(What::Outcome)),
    item(
        "8b",
        "Quién valora el resultado",
        "Outcome assessors",
        Answer::Open("quién lo registra y con qué formación.", "who records it, and with what training."),
    ),
    item(
        "8c",
        "Valoración a ciegas del resultado",
        "Blinding of the outcome",
        Answer::Open("si quien lo registra conoce el nivel.", "whether whoever records it knows the level."),
    ),
    item(
        "9b",
        "Indicadores",
        "Predictors",
        Answer::Both(
            "Los del formulario, tal como se respondieron.",
            "Those of the form, as they were answered.",
            "cómo y cuándo se preguntan.",
            "how and when they are asked.",
        ),
    ),
    item(
        "9c",
        "Quién valora los indicadores",
        "Predictor assessors",
        Answer::Open(
            "quién rellena el formulario y con qué formación.",
            "who fills in the form, and with what training.",
        ),
    ),
    item(
        "10",
        "Tamaño de la muestra",
        "Sample size",
        Answer::Both(
            "Se usaron todas las filas apartadas; con cada diferencia se da la menor que esas filas habrían mostrado.",
            "All rows held out were used; with each gap stands the smallest that these rows would have shown.",
            "por qué ese número basta para lo que se quiere decidir.",
            "why that number suffices for what is to be decided.",
        ),
    ),
    item("11", "Datos ausentes", "Missing data", Answer::Evidence(What::Missing)),
    item(
        "12a",
        "Uso de los datos",
        "Use of the data",
        Answer::Known(
            "Solo filas que ningún ajuste ni calibración de las versiones ha visto; los casos no se reparten entre partes.",
            "Only rows that no fit or calibration of the versions has seen; no case is divided between parts.",
        ),
    ),
    item(
        "12d",
        "Heterogeneidad entre centros",
        "Heterogeneity between clusters",
        Answer::Both(
            "Las remuestras son de casos enteros. Un centro se compara si se da como columna de grupo.",
            "Resamples are of whole cases. A centre is compared if it is given as a group column.",
            "qué centros hay, y si se compararon.",
            "which centres there are, and whether they were compared.",
        ),
    ),
    item("12e", "Medidas y gráficos", "Measures and plots", Answer::Evidence(What::Measures)),
    item("12f", "Actualización del modelo", "Model updating", Answer::Known("Ninguna.", "None.")),
    item(
        "12g",
        "Cálculo de las predicciones",
        "Calculation of predictions",
        Answer::Evidence(What::Calculation),
    ),
    item(
        "13",
        "Desequilibrio de clases",
        "Class imbalance",
        Answer::Known(
            "La evaluación no remuestrea ni pondera por clase; los pesos, si los hay, son los de la cohorte.",
            "The evaluation neither resamples nor weights by class; weights, if any, are the cohort's.",
        ),
    ),
    item("14", "Equidad", "Fairness", Answer::Evidence(What::Fairness)),
    item(
        "16",
        "Entrenamiento frente a evaluación",
        "Development versus evaluation",
        Answer::Evidence(What::Versus),
    ),
    item(
        "17",
        "Aprobación ética",
        "Ethical approval",
        Answer::Open(
            "órgano y referencia, o por qué no hace falta.",
            "body and reference, or why none is needed.",
        ),
    ),
    item(
        "18a",
        "Financiación",
        "Funding",
        Answer::Open("quién financia y qué papel tuvo.", "who funds, and with what role."),
    ),
    item(
        "18b",
        "Conflictos de intereses",
        "Conflicts of interest",
        Answer::Open("los de los autores.", "those of the authors."),
    ),
    item(
        "18c",
        "Protocolo del estudio",
        "Study protocol",
        Answer::Open("dónde se consulta.", "where it can be read."),
    ),
    item(
        "18d",
        "Registro del estudio",
        "Registration",
        Answer::Open("registro y número, o que no lo hay.", "register and number, or that there is none."),
    ),
    item(
        "18e",
        "Datos",
        "Data sharing",
        Answer::Open(
            "si los datos pueden consultarse, y cómo.",
            "whether the data can be consulted, and how.",
        ),
    ),
    item("18f", "Código", "Code sharing", Answer::Evidence(What::Code)),
    item(
        "19",
        "Participación de las afectadas y del público",
        "Patient and public involvement",
        Answer::Open("quién participó y en qué.", "who took part, and in what."),
    ),
    item("20a", "Flujo de participantes", "Flow of participants", Answer::Evidence(What::Participants)),
    item("20b", "Características", "Characteristics", Answer::Evidence(What::Characteristics)),
    item(
        "20c",
        "Comparación con el entrenamiento",
        "Comparison with development data",
        Answer::Open(
            "la distribución de los indicadores principales en ambas cohortes.",
            "the distribution of the main indicators in both cohorts.",
        ),
    ),
    item("21", "Tamaño de cada análisis", "Size of each analysis", Answer::Evidence(What::Sizes)),
    item(
        "23a",
        "Rendimiento, también por grupo",
        "Performance, also by group",
        Answer::Evidence(What::Performance),
    ),
    item(
        "23b",
        "Heterogeneidad del rendimiento",
        "Heterogeneity of performance",
        Answer::Both(
            "La de los grupos dados está en 23a y 25.",
            "That of the groups given is in 23a and 25.",
            "la de los centros que no se dieron como grupo.",
            "that of centres not given as a group.",
        ),
    ),
    item(
        "24",
        "Resultados de la actualización",
        "Results of updating",
        Answer::Known("No hubo actualización.", "There was no updating."),
    ),
    item("25", "Interpretación", "Interpretation", Answer::Evidence(What::Interpretation)),
    item("26", "Límites", "Limitations", Answer::Evidence(What::Limitations)),
    item(
        "27c",
        "Próximos pasos",
        "Next steps",
        Answer::Open("qué falta para generalizar y aplicar.", "what is missing to generalise and apply."),
    ),
];
