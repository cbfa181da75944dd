//! Frames of an event stream, as the scripted services send them.

use serde_json::Value;

/// A frame that names its event's type.
pub(crate) fn frame(event: &Value) -> String {
    format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())
}

pub(crate) fn frames(events: &[Value]) -> String {
    events.iter().map(frame).collect()
}

/// A frame of data alone.
pub(crate) fn data_frame(event: &Value) -> String {
    format!("data: {event}\n\n")
}

/// The ways to write a frame that a client reads alike: data alone, other line breaks, data in many lines,
/// and fields that a client passes over.
pub(crate) const FRAME_FORMS: [fn(&Value) -> String; 4] = [
    data_frame,
    |event| frame(event).replace('\n', "\r\n"),
    |event| {
        let pretty = serde_json::to_string_pretty(event).unwrap();
        format!("data: {}\n\n", pretty.replace('\n', "\ndata: "))
    },
    |event| format!("data:{event}\nid: 7\nretry: 1\n\n"),
];
