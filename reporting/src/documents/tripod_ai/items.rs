//! The items, in the guideline's order.

/// What of the evidence answers an item.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Title,
    Background,
    Sources,
    Outcome,
    Missing,
    Measures,
    Calculation,
    Fairness,
    Versus,
    Code,
    Participants,
    Characteristics,
    Sizes,
    Performance,
    Interpretation,
    Limitations,
}

/// How an item is answered.
#[derive(Debug, Clone, Copy)]
pub(super) enum ItemAnswer {
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
    pub(super) answer: ItemAnswer,
}

const fn item(number: &'static str, es: &'static str, en: &'static str, answer: ItemAnswer) -> Item {
    Item { number, es, en, answer }
}

pub(super) const ITEMS: &[Item] = &[
    item("1", "Título", "Title", ItemAnswer::Evidence(What::Title)),
    item(
        "2",
        "Resumen",
        "Abstract",
        ItemAnswer::Open("el resumen del estudio.", "the abstract of the study."),
    ),
    item("3a", "Contexto y motivo", "Context and rationale", ItemAnswer::Evidence(What::Background)),
    item(
        "3b",
        "Población y uso previsto",
        "Target population and intended use",
        ItemAnswer::Both(
            "La población son los casos a los que se aplica el formulario. El sistema propone un nivel que una persona confirma o eleva.",
            "The population is the cases for which the form is filled in. The system proposes a level that a person confirms or raises.",
            "quiénes son estas personas, el servicio, sus usuarios y el recorrido de un caso.",
            "who these people are, the service, its users, and the path of a case.",
        ),
    ),
    item(
        "3c",
        "Desigualdades conocidas entre grupos",
        "Known inequalities between groups",
        ItemAnswer::Open(
            "las desigualdades conocidas en su población.",
            "the inequalities known in its population.",
        ),
    ),
    item(
        "4",
        "Objetivos",
        "Objectives",
        ItemAnswer::Known(
            "El objetivo es evaluar versiones ya publicadas y compararlas con la de referencia. No se desarrolla ningún modelo.",
            "The objective is to evaluate versions already published and to compare them with the reference. No model is developed.",
        ),
    ),
    item("5a", "Fuentes de datos", "Sources of data", ItemAnswer::Evidence(What::Sources)),
    item(
        "5b",
        "Fechas de los datos",
        "Dates of the data",
        ItemAnswer::Open(
            "el inicio y el fin de la recogida de casos y del seguimiento.",
            "the start and the end of accrual and of follow-up.",
        ),
    ),
    item(
        "6a",
        "Ámbito del estudio",
        "Study setting",
        ItemAnswer::Open(
            "las unidades y los lugares, y cuántos son.",
            "the units and places, and how many there are.",
        ),
    ),
    item(
        "6b",
        "Criterios de inclusión",
        "Eligibility criteria",
        ItemAnswer::Open("qué casos se incluyen y cuáles no.", "which cases are included and which are not."),
    ),
    item(
        "6c",
        "Intervenciones recibidas",
        "Interventions received",
        ItemAnswer::Both(
            "La protección recibida no se corrige, así que toda medida de acierto subestima una versión que protegió bien.",
            "Protection received is not corrected for, so every measure of accuracy understates a version that protected well.",
            "qué protección recibieron los casos.",
            "which protection the cases received.",
        ),
    ),
    item(
        "7",
        "Preparación de los datos",
        "Data preparation",
        ItemAnswer::Open(
            "la limpieza y los controles previos a la cohorte, y si fueron iguales en todos los grupos.",
            "the cleaning and checks that precede the cohort, and whether they were the same in all groups.",
        ),
    ),
    item("8a", "Resultado y plazo", "Outcome and horizon", ItemAnswer::Evidence(What::Outcome)),
    item(
        "8b",
        "Quién valora el resultado",
        "Outcome assessors",
        ItemAnswer::Open(
            "quién registra el resultado y con qué formación.",
            "who records the outcome, and with what training.",
        ),
    ),
    item(
        "8c",
        "Valoración a ciegas del resultado",
        "Blinding of the outcome",
        ItemAnswer::Open(
            "si quien registra el resultado conoce el nivel.",
            "whether the person who records the outcome knows the level.",
        ),
    ),
    item(
        "9b",
        "Indicadores",
        "Predictors",
        ItemAnswer::Both(
            "Los indicadores son los del formulario, tal como se respondieron.",
            "The predictors are the indicators of the form, as they were answered.",
            "cómo y cuándo se pregunta por ellos.",
            "how and when they are asked about.",
        ),
    ),
    item(
        "9c",
        "Quién valora los indicadores",
        "Predictor assessors",
        ItemAnswer::Open(
            "quién rellena el formulario y con qué formación.",
            "who fills in the form, and with what training.",
        ),
    ),
    item(
        "10",
        "Tamaño de la muestra",
        "Sample size",
        ItemAnswer::Both(
            "Se utilizaron todas las filas reservadas para evaluar. Junto a cada diferencia figura la menor que esas filas habrían permitido detectar.",
            "All held-out rows were used. Each difference comes with the smallest difference that these rows could have detected.",
            "por qué ese número basta para la decisión que se quiere tomar.",
            "why that number suffices for the decision to be made.",
        ),
    ),
    item("11", "Datos ausentes", "Missing data", ItemAnswer::Evidence(What::Missing)),
    item(
        "12a",
        "Uso de los datos",
        "Use of the data",
        ItemAnswer::Known(
            "Solo se utilizan filas que no intervinieron en ningún ajuste ni calibración de las versiones. Ningún caso se reparte entre partes.",
            "Only rows that played no part in any fit or calibration of the versions are used. No case is divided between parts.",
        ),
    ),
    item(
        "12d",
        "Heterogeneidad entre centros",
        "Heterogeneity between clusters",
        ItemAnswer::Both(
            "Se remuestrean casos enteros. Los centros se comparan si se proporcionan como variable de grupo.",
            "Whole cases are resampled. Centres are compared if they are given as a group variable.",
            "qué centros hay y si se compararon.",
            "which centres there are, and whether they were compared.",
        ),
    ),
    item("12e", "Medidas y gráficos", "Measures and plots", ItemAnswer::Evidence(What::Measures)),
    item(
        "12f",
        "Actualización del modelo",
        "Model updating",
        ItemAnswer::Known("El modelo no se actualizó.", "The model was not updated."),
    ),
    item(
        "12g",
        "Cálculo de las predicciones",
        "Calculation of predictions",
        ItemAnswer::Evidence(What::Calculation),
    ),
    item(
        "13",
        "Desequilibrio de clases",
        "Class imbalance",
        ItemAnswer::Known(
            "La evaluación no remuestrea ni pondera por clase. Los pesos, si los hay, son los de la cohorte.",
            "The evaluation neither resamples nor weights by class. Any weights are those of the cohort.",
        ),
    ),
    item("14", "Equidad", "Fairness", ItemAnswer::Evidence(What::Fairness)),
    item(
        "16",
        "Entrenamiento frente a evaluación",
        "Development versus evaluation",
        ItemAnswer::Evidence(What::Versus),
    ),
    item(
        "17",
        "Aprobación ética",
        "Ethical approval",
        ItemAnswer::Open(
            "el órgano y la referencia, o por qué no es necesaria.",
            "the body and the reference, or why none is needed.",
        ),
    ),
    item(
        "18a",
        "Financiación",
        "Funding",
        ItemAnswer::Open(
            "quién financia el estudio y qué papel tuvo.",
            "who funds the study, and with what role.",
        ),
    ),
    item(
        "18b",
        "Conflictos de intereses",
        "Conflicts of interest",
        ItemAnswer::Open(
            "los conflictos de intereses de los autores.",
            "the conflicts of interest of the authors.",
        ),
    ),
    item(
        "18c",
        "Protocolo del estudio",
        "Study protocol",
        ItemAnswer::Open("dónde puede consultarse el protocolo.", "where the protocol can be read."),
    ),
    item(
        "18d",
        "Registro del estudio",
        "Registration",
        ItemAnswer::Open(
            "el registro y el número, o que el estudio no está registrado.",
            "the register and the number, or that the study is not registered.",
        ),
    ),
    item(
        "18e",
        "Datos",
        "Data sharing",
        ItemAnswer::Open(
            "si los datos pueden consultarse y cómo.",
            "whether the data can be consulted, and how.",
        ),
    ),
    item("18f", "Código", "Code sharing", ItemAnswer::Evidence(What::Code)),
    item(
        "19",
        "Participación de las afectadas y del público",
        "Patient and public involvement",
        ItemAnswer::Open(
            "quién participó y en qué partes del estudio.",
            "who took part, and in which parts of the study.",
        ),
    ),
    item("20a", "Flujo de participantes", "Flow of participants", ItemAnswer::Evidence(What::Participants)),
    item("20b", "Características", "Characteristics", ItemAnswer::Evidence(What::Characteristics)),
    item(
        "20c",
        "Comparación con el entrenamiento",
        "Comparison with development data",
        ItemAnswer::Open(
            "la distribución de los indicadores principales en ambas cohortes.",
            "the distribution of the main indicators in both cohorts.",
        ),
    ),
    item("21", "Tamaño de cada análisis", "Size of each analysis", ItemAnswer::Evidence(What::Sizes)),
    item(
        "23a",
        "Rendimiento, también por grupo",
        "Performance, also by group",
        ItemAnswer::Evidence(What::Performance),
    ),
    item(
        "23b",
        "Heterogeneidad del rendimiento",
        "Heterogeneity of performance",
        ItemAnswer::Both(
            "La heterogeneidad entre los grupos proporcionados está en 23a y 25.",
            "Heterogeneity between the groups given is in 23a and 25.",
            "la heterogeneidad entre los centros que no se proporcionaron como grupo.",
            "the heterogeneity between centres that were not given as a group.",
        ),
    ),
    item(
        "24",
        "Resultados de la actualización",
        "Results of updating",
        ItemAnswer::Known("El modelo no se actualizó.", "The model was not updated."),
    ),
    item("25", "Interpretación", "Interpretation", ItemAnswer::Evidence(What::Interpretation)),
    item("26", "Límites", "Limitations", ItemAnswer::Evidence(What::Limitations)),
    item(
        "27c",
        "Próximos pasos",
        "Next steps",
        ItemAnswer::Open(
            "qué falta para generalizar los resultados y aplicarlos.",
            "what is missing to generalise the results and to apply them.",
        ),
    ),
];
