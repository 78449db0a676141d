//! What can be changed while the service runs.

use std::sync::Arc;

use amparo_datasets::identity::CaseNumber;
use amparo_models::ModelRef;

use crate::Challenger;
use crate::access::Access;
use crate::motion::shadow::Shadow;
use crate::motion::{Assignment, Side};

/// What can be changed while the service runs. A request is answered by one of these from beginning to end.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    /// The version that answers requests that name none.
    pub default_model: Option<ModelRef>,
    /// The version that answers a share of these requests instead.
    pub challenger: Option<Challenger>,
    /// What stands beside the default version and answers nobody.
    pub shadow: Option<Arc<Shadow>>,
    /// How the authority writes its case numbers.
    pub case_numbers: Vec<CaseNumber>,
    /// Whether the officer's own level has to be recorded before a proposal is shown, whatever a request says.
    pub own_view_first: bool,
    /// The references by which inference is not logged.
    pub unlogged_models: Vec<ModelRef>,
    /// How callers are recognised.
    pub access: Arc<Access>,
}

impl InForce {
    /// The version that answers a case for which the request names none, and what decided it if two may.
    pub fn for_case(&self, case_id: &str) -> (Option<ModelRef>, Option<Assignment>) {
        let Some((default, challenger)) = self.default_model.as_ref().zip(self.challenger.as_ref()) else {
            return (self.default_model.clone(), None);
        };
        let assignment = challenger.assigned(case_id);
        let model = match assignment.answered_by {
            Side::Default => default,
            Side::Challenger => challenger.version(),
        };
        (Some(model.clone()), Some(assignment))
    }

    /// Whether inference by this reference is logged.
    pub fn logs(&self, reference: &ModelRef) -> bool {
        !self.unlogged_models.contains(reference)
    }
}
