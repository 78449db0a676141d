#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::{read, without_nan};
use super::*;

/// The elements of a tensor whose JSON ends with that.
fn in_json(datatype: &str, shape: &str, data: &str) -> Result<Vec<Element<'static>>, String> {
    let json =
        format!(r#"{{"inputs":[{{"name":"x","shape":{shape},"datatype":"{datatype}","data":{data}}}]}}"#);
    let json = without_nan(json.as_bytes());
    let elements = read(&json, &[]).unwrap().inputs[0].elements().map_err(|problem| problem.message)?;
    let owned = |element| match element {
        Element::Text(text) => Element::Text(Cow::Owned(text.into_owned())),
        Element::Missing => Element::Missing,
        Element::Whole(number) => Element::Whole(number),
        Element::Number(number) => Element::Number(number),
    };
    Ok(elements.into_iter().map(owned).collect())
}

/// The elements of a tensor of one axis that lies in these bytes.
fn in_bytes(datatype: &str, n: usize, bytes: &[u8]) -> Result<Vec<i128>, String> {
    let size = bytes.len();
    let json = format!(
        r#"{{"inputs":[{{"name":"x","shape":[{n}],"datatype":"{datatype}","parameters":{{"binary_data_size":{size}}}}}]}}"#
    );
    let request = read(json.as_bytes(), bytes).unwrap();
    let elements = request.inputs[0].elements().map_err(|problem| problem.message)?;
    let number = |element| match element {
        Element::Whole(number) => number,
        Element::Number(number) => number as i128,
        Element::Missing | Element::Text(_) => i128::MAX,
    };
    Ok(elements.into_iter().map(number).collect())
}

#[test]
fn numbers_have_the_width_and_the_sign_of_their_datatype() {
    let ones = [0xff; 8];
    for (datatype, size, expected) in [
        ("INT8", 1, -1),
        ("INT16", 2, -1),
        ("INT32", 4, -1),
        ("INT64", 8, -1),
        ("UINT8", 1, 0xff),
        ("UINT16", 2, 0xffff),
        ("UINT32", 4, 0xffff_ffff),
        ("UINT64", 8, 0xffff_ffff_ffff_ffff),
    ] {
        assert_eq!(in_bytes(datatype, 1, &ones[..size]), Ok(vec![expected]), "{datatype}");
        let mut two = [0; 8];
        two[0] = 2;
        assert_eq!(in_bytes(datatype, 1, &two[..size]), Ok(vec![2]), "{datatype}");
        assert!(in_bytes(datatype, 2, &ones[..size]).is_err(), "{datatype}");
    }
    let floats: Vec<u8> = [3.0_f32, f32::NAN].into_iter().flat_map(f32::to_le_bytes).collect();
    assert_eq!(in_bytes("FP32", 2, &floats), Ok(vec![3, i128::MAX]));
    let floats: Vec<u8> = [-3.0_f64, f64::NAN].into_iter().flat_map(f64::to_le_bytes).collect();
    assert_eq!(in_bytes("FP64", 2, &floats), Ok(vec![-3, i128::MAX]));
}

#[test]
fn lists_are_flat_or_as_the_shape_says() {
    let expected = vec![1, 2, 3, 4].into_iter().map(Element::Whole).collect::<Vec<_>>();
    for data in ["[1,2,3,4]", "[[1,2],[3,4]]"] {
        assert_eq!(in_json("INT64", "[2,2]", data), Ok(expected.clone()), "{data}");
    }
    assert_eq!(in_json("INT64", "[2,1,2]", "[[[1,2]],[[3,4]]]"), Ok(expected));
    for data in [
        "[[1,2,3,4]]",
        "[[1],[2],[3],[4]]",
        "[1,[2],[3,4]]",
        "[[1,2],3,4]",
        "[[[1,2],[3,4]]]",
        "[[1,2],[3]]",
        "{}",
    ] {
        assert!(in_json("INT64", "[2,2]", data).is_err(), "{data}");
    }
    assert_eq!(in_json("INT64", "[]", "[1]"), Ok(vec![Element::Whole(1)]));
    assert_eq!(in_json("BYTES", "[0]", "[]"), Ok(vec![]));
}

#[test]
fn what_is_missing_is_null_or_nan_and_nothing_else() {
    let expected = vec![Element::Missing, Element::Number(1.5), Element::Missing];
    assert_eq!(in_json("FP64", "[3]", "[null,1.5,NaN]"), Ok(expected));
    assert_eq!(
        in_json("BYTES", "[2]", r#"["NaN",""]"#),
        Ok(vec![Element::Text("NaN".into()), Element::Text("".into())])
    );
    assert_eq!(in_json("BYTES", "[1]", r#"["s\u00E9ver"]"#), Ok(vec![Element::Text("séver".into())]));
}

#[test]
fn a_shape_of_more_elements_than_there_are_bytes_is_refused_at_once() {
    let huge = format!("[{0},{0}]", usize::MAX);
    assert!(in_json("INT8", &huge, "[1]").unwrap_err().contains("more elements than can be counted"));
    assert!(in_json("INT8", &format!("[{}]", usize::MAX), "[1]").unwrap_err().contains("1 elements found"));
    assert!(in_bytes("BYTES", usize::MAX, b"\0\0\0\0").unwrap_err().contains("end within element 1"));
    assert!(in_bytes("FP64", usize::MAX, b"\0\0\0\0").unwrap_err().contains("4 bytes found"));
}

#[test]
fn lists_in_lists_in_lists_end_somewhere() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(in_json("INT8", "[1]", &deep).is_err());
}
