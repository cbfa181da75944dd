//! Requests that wait until others are answered, in a bounded room.

use std::collections::VecDeque;

use rmcp::model::RequestId;

/// The number of short requests that are worked on at once. Half of them wait for calls.
const WORKED_ON: u32 = 128;

/// The number of requests that wait.
pub(super) const WAITING: usize = 1024;

/// A request that waits until others are answered. Its line is kept as it is: a message takes up many times as much.
pub(super) struct WaitingRequest {
    /// The id that the client gave it.
    pub(super) id: RequestId,
    /// The line.
    pub(super) line: Vec<u8>,
}

/// The requests that wait, the first one first.
pub(super) struct WaitingRequests {
    requests: VecDeque<WaitingRequest>,
    bytes: usize,
    /// The length of the longest line, in bytes.
    longest: usize,
}

impl WaitingRequests {
    /// Returns no requests yet, of lines that have at most `longest` bytes.
    pub(super) fn new(longest: usize) -> Self {
        WaitingRequests { requests: VecDeque::new(), bytes: 0, longest }
    }

    /// Returns the bytes of requests that are worked on at once: two lines of the longest.
    pub(super) fn whole_room(&self) -> u32 {
        u32::try_from(self.longest.saturating_mul(2)).unwrap_or(u32::MAX)
    }

    /// Returns the room that a line of this length, in bytes, takes up while its request is worked on.
    pub(super) fn room(&self, bytes: usize) -> u32 {
        let whole = self.whole_room();
        u32::try_from(bytes).unwrap_or(u32::MAX).clamp(whole / WORKED_ON, whole)
    }

    /// Returns the bytes of requests that can wait: four lines of the longest.
    fn most_bytes(&self) -> usize {
        self.longest.saturating_mul(4)
    }

    /// Returns whether a request with this id waits.
    pub(super) fn has(&self, id: &RequestId) -> bool {
        self.requests.iter().any(|request| request.id == *id)
    }

    /// Returns the room that the first request needs, if there is one.
    pub(super) fn first_room(&self) -> Option<u32> {
        self.requests.front().map(|request| self.room(request.line.len()))
    }

    /// Adds a request.
    ///
    /// # Errors
    /// Which limit leaves no place for it.
    pub(super) fn push(&mut self, request: WaitingRequest) -> Result<(), String> {
        let bytes = self.bytes + request.line.len();
        if self.requests.len() >= WAITING {
            return Err(format!("at most {WAITING} requests can wait for others"));
        }
        let most = self.most_bytes();
        if bytes > most {
            return Err(format!("at most {most} bytes of requests can wait for others"));
        }
        self.bytes = bytes;
        self.requests.push_back(request);
        Ok(())
    }

    /// Removes the first request.
    pub(super) fn pop(&mut self) -> Option<WaitingRequest> {
        let request = self.requests.pop_front()?;
        self.bytes -= request.line.len();
        Some(request)
    }

    /// Removes the request with this id. Returns whether there was one.
    pub(super) fn remove(&mut self, id: &RequestId) -> bool {
        let at = self.requests.iter().position(|request| request.id == *id);
        let removed = at.and_then(|at| self.requests.remove(at));
        self.bytes -= removed.as_ref().map_or(0, |request| request.line.len());
        removed.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: i64, bytes: usize) -> WaitingRequest {
        WaitingRequest { id: RequestId::Number(id), line: vec![b'x'; bytes] }
    }

    #[test]
    fn requests_wait_up_to_their_number_and_their_bytes() {
        let mut waiting = WaitingRequests::new(1 << 20);
        for id in 0..1024 {
            waiting.push(request(id, 10)).unwrap();
        }
        assert!(waiting.push(request(1024, 10)).unwrap_err().contains("1024 requests"));
        assert!(waiting.remove(&RequestId::Number(7)) && !waiting.remove(&RequestId::Number(7)));
        assert!(!waiting.has(&RequestId::Number(7)) && waiting.has(&RequestId::Number(8)));
        let rest = (4 << 20) - 1023 * 10;
        assert!(waiting.push(request(1024, rest + 1)).unwrap_err().contains("bytes"));
        waiting.push(request(1024, rest)).unwrap();
        assert_eq!(waiting.pop().map(|request| request.id), Some(RequestId::Number(0)));
        waiting.push(request(1025, 10)).unwrap();
        assert_eq!(waiting.first_room(), Some((2 << 20) / 128));
    }
}
