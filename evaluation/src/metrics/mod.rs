//! The metrics themselves: weighted, defined or `None`, never NaN.

mod auc;
mod cell;
mod one_step;
mod recalibration;
mod reliability;

pub use auc::{Order, auc};
pub(crate) use cell::{Cell, Layout, TERMS};
pub(crate) use one_step::OneStep;
pub(crate) use recalibration::Blocks;
pub use recalibration::{Recalibration, recalibrate};
pub use reliability::reliability;
