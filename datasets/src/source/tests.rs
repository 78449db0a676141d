#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use super::*;

fn catalonia() -> &'static str {
    Source::BUILT_IN[0].1
}

fn problems(text: &str) -> Vec<String> {
    match Source::from_toml(text, Path::new("s.toml")) {
        Err(Error::Invalid { problems, .. }) => problems.0.iter().map(ToString::to_string).collect(),
        other => panic!("expected problems, found {other:?}"),
    }
}

#[test]
fn the_built_in_sources_are_sound() {
    for (id, _) in Source::BUILT_IN {
        let source = Source::named(id).unwrap();
        assert_eq!(source.id(), *id);
        assert_eq!(source.indicators.len(), source.instrument().indicators().len());
    }
}

#[test]
fn an_outcome_is_never_an_answer() {
    let text = catalonia()
        .replace("column = \"V65_@1_violencia_previa\"", "column = \"V115_reincidencia_2015\"")
        .replace(
            "column = \"V66_@2_historia_delictes_no_violents\"",
            "column = \"V103_temps_reincidencia_2015\"",
        )
        .replace("column = \"V67_@3_inici_precoç_violencia\"", "column = \"V60_SAVRY_total_score\"")
        .replace("column = \"V1_sexe\"", "column = \"V132_REINCIDENCIA_2013\"");
    assert_eq!(
        problems(&text),
        [
            "indicator `S01` reads column `V115_reincidencia_2015`, which is never an answer: it is outcome `recidivism_2015`",
            "indicator `S02` reads column `V103_temps_reincidencia_2015`, which is never an answer: `V100..V132` is listed in never_answers",
            "indicator `S03` reads column `V60_SAVRY_total_score`, which is never an answer: it is score `savry_total`",
            "group `sex` reads column `V132_REINCIDENCIA_2013`, which is never an answer: it is outcome `recidivism_2013`",
        ]
    );
}

#[test]
fn the_duplicate_of_an_outcome_is_no_answer_either() {
    let text = Source::BUILT_IN[1].1.replace("column = \"priors_count\"", "column = \"priors_count.1\"");
    assert_eq!(
        problems(&text),
        [
            "indicator `priors_count` reads column `priors_count.1`, which is never an answer: `*.1` is listed in never_answers",
            "repeated lists column `priors_count`, which the source does not read",
        ]
    );
}

#[test]
fn all_problems_of_a_source_are_named_at_once() {
    let text = catalonia()
        .replace("id = \"S01\"", "id = \"S99\"")
        .replace(
            "column = \"V66_@2_historia_delictes_no_violents\"\nvalues",
            "column = \"V67_@3_inici_precoç_violencia\"\nunit = \"points\"\nunknown = []\nvalues",
        )
        .replace("Alt = \"high\"", "Alt = \"very_high\"")
        .replace("\"V56..V64\"", "\"*\"");
    let found = problems(&text);
    assert_eq!(
        found[..5],
        [
            "pattern `*` would name every column",
            "indicator `S99` is not on the form `savry`",
            "column `V67_@3_inici_precoç_violencia` answers both `S02` and `S03`, expected one indicator",
            "the source names no column for indicator `S01`",
            "indicator `S02` must have either `values`, or `unit` and `unknown` where the column holds numbers",
        ]
    );
    assert_eq!(found[5], "answer `very_high` to indicator `S03` is none of low, moderate, high, unknown");
    assert_eq!(found.len(), 5 + 22);
}

#[test]
fn a_number_is_read_where_the_form_has_bins_and_in_their_unit() {
    let text = Source::BUILT_IN[1].1.replace("unit = \"years\"", "unit = \"months\"");
    assert_eq!(
        problems(&text),
        ["numbers of indicator `age` are in `months`, expected `years` as on the form"]
    );
    let text = Source::BUILT_IN[1].1.replace("values = \"degree\"", "unit = \"degrees\"\nunknown = []");
    assert_eq!(
        problems(&text),
        ["indicator `charge_degree` is read as a number, and the form has no bins for it"]
    );
}

#[test]
fn rules_and_levels_are_checked() {
    let text = catalonia()
        .replace("when = { V132_REINCIDENCIA_2013 = \"No\" }", "when = {}")
        .replace("name = \"recidivism_2013\"", "name = \"recidivism_2015\"")
        .replace("{ id = \"high\", from = 3 }", "{ id = \"high\", from = 1 }");
    assert_eq!(
        problems(&text),
        [
            "outcome `recidivism_2015` is listed twice",
            "a rule of outcome `recidivism_2015` names no column, so it would take every row",
            "levels of score `expert` start at [1.0, 2.0, 1.0], expected numbers that ascend",
        ]
    );
}

#[test]
fn a_key_that_is_not_known_is_refused() {
    let error = Source::from_toml(&catalonia().replace("unique = true", "uniq = true"), Path::new("s.toml"));
    let message = error.unwrap_err().to_string();
    assert!(message.starts_with("`s.toml` is not a source: "), "{message}");
    assert!(message.contains("unknown field `uniq`"), "{message}");
}

#[test]
fn a_name_that_is_neither_built_in_nor_a_file_is_refused() {
    assert_eq!(
        Source::named("peru").unwrap_err().to_string(),
        "no source `peru`: it is neither built in (catalonia-savry, compas-two-years) nor a file"
    );
}

#[test]
fn cases_rows_and_separator_say_one_thing_each() {
    let text = catalonia()
        .replace("unique = true", "row_number = true")
        .replace("is_not = [\"\"]", "is_not = [\"\"]\nis = [\"1\"]")
        .replace("[date]", "[csv]\nseparator = \"::\"\n\n[date]");
    assert_eq!(
        problems(&text),
        [
            "csv.separator is `::`, expected one of `,`, `;`, `\\t`, `|`",
            "case says column = `id`, row_number = true, expected column and unique, or row_number = true alone",
            "rows of column `V60_SAVRY_total_score` must have either `is` or `is_not`, and have both or neither",
        ]
    );
    let text =
        catalonia().replace("column = \"id\"\nunique = true", "").replace("is_not = [\"\"]", "is_not = []");
    assert_eq!(
        problems(&text),
        [
            "case says nothing, expected column and unique, or row_number = true alone",
            "rows of column `V60_SAVRY_total_score` list no text, expected at least one",
        ]
    );
}

#[test]
fn a_repeated_column_is_one_that_is_read() {
    let text = catalonia()
        .replace("never_answers = [", "repeated = [\"V1_sexe\", \"V9\", \"V1_sexe\"]\nnever_answers = [");
    assert_eq!(
        problems(&text),
        ["repeated `V1_sexe` is listed twice", "repeated lists column `V9`, which the source does not read",]
    );
}

#[test]
fn what_is_said_of_texts_and_numbers_holds_together() {
    let text = catalonia().replace(
        "[date]",
        "[csv]\nencoding = \"cp850\"\n\n[numbers]\ndecimal = \",\"\nthousands = \",\"\n\n\
         [columns]\nid = { fold_case = true }\nV9 = { trim = true }\nV1_sexe = { fold_case = true }\n\n[date]",
    );
    let group = text.find("column = \"V1_sexe\"\nvalues = {").unwrap();
    let (before, after) = text.split_at(group);
    let text = format!(
        "{before}{}",
        after.replacen("values = {", "values = { \"X\" = \"woman\", \"x\" = \"man\",", 1)
    );
    assert_eq!(
        problems(&text),
        [
            "csv.encoding is `cp850`, expected a name of the WHATWG Encoding Standard, such as utf-8, windows-1252, \
             iso-8859-15 or utf-16le",
            "numbers.decimal and thousands are both `,`, expected two",
            "columns lists column `V9`, which the source does not read",
            "capitals do not matter in column `V1_sexe`, for which the source lists both `X` and `x`",
            "capitals cannot be said not to matter in column `id`, for which the source lists no text",
        ]
    );
}

#[test]
fn an_instrument_is_looked_for_beside_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let form = Instrument::BUILT_IN.iter().find(|(id, _)| *id == "savry").unwrap().1;
    std::fs::write(folder.path().join("form.toml"), form).unwrap();
    let path = folder.path().join("source.toml");
    std::fs::write(&path, catalonia().replace("instrument = \"savry\"", "instrument = \"form.toml\""))
        .unwrap();
    let source = Source::named(path.to_str().unwrap()).unwrap();
    assert_eq!(source.instrument().id(), "savry");
    std::fs::remove_file(folder.path().join("form.toml")).unwrap();
    let (source, form) = (path.display(), folder.path().join("form.toml"));
    assert_eq!(
        Source::named(path.to_str().unwrap()).unwrap_err().to_string(),
        format!(
            "no instrument `form.toml`, which `{source}` names: it is neither built in (vpr5.0-h, savry, compas) nor the file `{}`",
            form.display()
        )
    );
}

#[test]
fn what_was_not_recorded_is_no_label_and_the_reference_is_one() {
    let group = "values = { Home = \"man\", Dona = \"woman\" }";
    let text = catalonia().replace(
        group,
        "values = { Home = \"man\", Dona = \"woman\", X = \"unknown\" }\nunknown = [\"\", \"Dona\"]\nreference = \"other\"",
    );
    assert_eq!(
        problems(&text),
        [
            "group `sex` gives the text `X` the label `unknown`, which is no label among others: list the text under `unknown`",
            "group `sex` lists the text `Dona` both under `unknown` and with a label",
            "reference `other` of group `sex` is none of its labels: man, unknown, woman",
        ]
    );
    let text = catalonia().replace(group, "values = {}\nreference = \"man\"");
    assert_eq!(
        problems(&text),
        [
            "group `sex` has no label, expected one or more",
            "reference `man` of group `sex` is none of its labels: "
        ]
    );
}

/// A built-in source whose last outcome has a time.
fn with_time(horizon: &str, time: &str, status: &str) -> String {
    let outcome = format!(
        "[[outcome]]\nname = \"timed\"\n{horizon}\ntime = {{ column = \"end\", {time} }}\nrules = [\n  {{ when = {{ event = \"1\" }}, status = \"event\" }},\n  {{ when = {{ event = \"0\" }}, status = \"{status}\" }},\n]\n\n[[group]]\nname = \"race\""
    );
    Source::BUILT_IN[1].1.replace("[[group]]\nname = \"race\"", &outcome)
}

#[test]
fn a_time_is_complete_or_refused() {
    let horizon = "horizon_days = 365";
    assert!(
        Source::from_toml(&with_time(horizon, "unit = \"days\"", "no_event"), Path::new("s.toml")).is_ok()
    );
    let told = |time: &str| problems(&with_time(horizon, time, "no_event"));
    assert_eq!(
        problems(&with_time("", "unit = \"days\"", "censored")),
        [
            "outcome `timed` has a time and no horizon_days, expected the days within which the event counts",
            "a rule of outcome `timed` says `censored`, expected `event`, `no_event` or `excluded`: with a time, who is censored follows from the time and the horizon",
        ]
    );
    assert_eq!(
        told("unit = \"months\""),
        [
            "the time of outcome `timed` is in months, whose length varies, expected unit_days to say how many days one counts as, such as 30.4375"
        ]
    );
    assert_eq!(
        told("unit = \"weeks\", unit_days = 5"),
        [
            "the time of outcome `timed` is in weeks and states unit_days, expected it for months and years only"
        ]
    );
    assert_eq!(
        told("unit = \"years\", unit_days = 0"),
        ["time.unit_days of outcome `timed` is 0, expected a number above 0"]
    );
    assert_eq!(
        told("unit = \"moons\""),
        ["time.unit of outcome `timed` is `moons`, expected one of days, weeks, months, years"]
    );
    let either = "the time of outcome `timed` lists texts under blank, expected either followed or followed_column to say how long such rows were followed";
    assert_eq!(told("unit = \"days\", blank = [\"\"]"), [either]);
    assert_eq!(told("unit = \"days\", blank = [\"\"], followed = 1, followed_column = \"start\""), [either]);
    assert_eq!(
        told("unit = \"days\", followed = 1"),
        [
            "the time of outcome `timed` says how long rows without a time were followed, and lists no text under blank"
        ]
    );
    assert_eq!(
        told("unit = \"days\", blank = [\"\"], followed = -1"),
        ["time.followed of outcome `timed` is -1, expected a number of 0 or more"]
    );
}

#[test]
fn a_pattern_that_lets_documents_in_is_refused() {
    let text = catalonia()
        .replace("unique = true", "unique = true\nnumbers = [\"########-@\", \"####-####-@\", \"\"]");
    assert_eq!(
        problems(&text),
        [
            "case.numbers: case number `########-@` is refused: a document of identity or a telephone number may be written like this",
            "case.numbers: case number `` is refused: expected `#` for a digit, `@` for a letter, letters, digits and `.` `_` `:` `-`",
        ]
    );
}
