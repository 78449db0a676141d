//! Versions in formats of other programs and for people.

mod points_card;
mod xgboost;

pub use points_card::points_card;
pub use xgboost::{XgboostFile, xgboost_json};
