//! The names of an enum's variants, asked of serde itself: a new variant shows up here without anyone's help.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What `T` may be on the wire: a nonsense variant is refused with the list of those there are.
pub(super) fn names<T: DeserializeOwned>() -> Vec<String> {
    let Err(error) = serde_json::from_value::<T>(Value::from("no such variant")) else {
        panic!("nonsense was taken for a variant");
    };
    let text = error.to_string();
    let (_, list) = text.split_once("expected ").unwrap_or_else(|| panic!("no list in {text:?}"));
    list.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

/// Every value of an enum whose variants hold nothing.
pub(super) fn all<T: DeserializeOwned>() -> Vec<T> {
    names::<T>().into_iter().map(|name| serde_json::from_value(Value::from(name)).unwrap()).collect()
}

/// The name of the variant that a value in JSON form is.
pub(super) fn name_of(value: &Value) -> &str {
    match value {
        Value::String(name) => name,
        Value::Object(map) if map.len() == 1 => map.keys().next().unwrap(),
        other => panic!("no variant: {other}"),
    }
}

/// Panics unless `samples` hold every variant of `T`.
pub(super) fn assert_complete<T: DeserializeOwned + serde::Serialize>(samples: &[T]) {
    let there: BTreeSet<_> =
        samples.iter().map(|sample| name_of(&serde_json::to_value(sample).unwrap()).to_owned()).collect();
    let wanted: BTreeSet<_> = names::<T>().into_iter().collect();
    assert_eq!(there, wanted, "samples of {}", std::any::type_name::<T>());
}
