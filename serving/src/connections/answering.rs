//! The router, as a connection asks it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use tower::ServiceExt;

use super::activity::{Activity, Stage};
use crate::access::Peer;

/// The router of one connection: notes when a request is answered, and says at a stop that it was the last one.
pub(super) struct Answering {
    pub router: Router,
    pub activity: Arc<Activity>,
    /// Who asks on this connection, as far as the connection says.
    pub peer: Peer,
    /// Whether no further request is taken.
    pub stopping: Arc<AtomicBool>,
}

impl hyper::service::Service<Request<Incoming>> for Answering {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer.clone());
        self.activity.enter(Stage::Request);
        let (router, stopping) = (self.router.clone(), Arc::clone(&self.stopping));
        let under_way = UnderWay(Arc::clone(&self.activity));
        Box::pin(async move {
            let mut response = router.oneshot(request).await?;
            if stopping.load(Ordering::Acquire) {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response.map(|body| Answer { body, under_way }))
        })
    }
}

/// While there is one, the connection is in a request.
struct UnderWay(Arc<Activity>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.enter(Stage::Idle);
    }
}

/// The body of an answer. The connection is in its request until the body is handed over.
pub(super) struct Answer {
    body: Body,
    under_way: UnderWay,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        // A stream may be as long as it takes; what counts is that it goes on, and that the client reads.
        if let Poll::Ready(Some(Ok(_))) = &frame
            && self.body.size_hint().exact().is_none()
        {
            self.under_way.0.enter(Stage::Request);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
