//! A server on loopback that writes down what comes and answers what it was told.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct RecordedRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A success with a document.
    pub(crate) fn json(document: &serde_json::Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Reply { status: 200, headers, body: document.to_string().into_bytes() }
    }
}

/// Decides what is answered.
pub(crate) type Rule = Box<dyn Fn(&RecordedRequest) -> Reply + Send + Sync>;

/// The server, which ends with the runtime.
pub(crate) struct Recorder {
    pub(crate) origin: String,
    got: Arc<Mutex<Vec<RecordedRequest>>>,
}

impl Recorder {
    pub(crate) async fn start(rule: Rule) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let (inside, rule) = (Arc::clone(&got), Arc::new(rule));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (got, rule) = (Arc::clone(&inside), Arc::clone(&rule));
                let service = service_fn(move |request| answer(Arc::clone(&got), Arc::clone(&rule), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Recorder { origin, got }
    }

    /// All that came.
    pub(crate) fn got(&self) -> Vec<RecordedRequest> {
        self.got.lock().unwrap().clone()
    }
}

async fn answer(
    got: Arc<Mutex<Vec<RecordedRequest>>>,
    rule: Arc<Rule>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let sent = RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    };
    got.lock().unwrap().push(sent.clone());
    let reply = rule(&sent);
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::from(reply.body)).unwrap())
}
