//! Queries: the condition in `#(…)`.

use super::arguments::says_true;
use super::escape::unescape;
use super::eval::Engine;
use super::limits::Limit;
use super::path::NodeId;
use super::scan::{ValueKind, inside};

/// A condition `left operator right`, or only `left`, which tests whether that exists.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// The path on the left, for elements that are containers.
    pub(super) path: NodeId,
    /// Whether the path is empty, so that scalar elements are compared themselves.
    pub(super) scalar: bool,
    pub(super) comparison: Option<Comparison>,
    pub(super) right: Operand,
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    NotLike,
    /// A single exclamation mark, which never matches.
    Never,
}

/// The operators and their signs, longer ones first.
const OPERATORS: [(&str, Comparison); 9] = [
    ("!=", Comparison::NotEqual),
    ("!%", Comparison::NotLike),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("==", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
    ("=", Comparison::Equal),
    ("%", Comparison::Like),
];

impl Comparison {
    pub(super) fn is_known(self) -> bool {
        self != Self::Never
    }

    /// Compares two values of an ordered type.
    fn holds<T: PartialOrd + ?Sized>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Like | Self::NotLike | Self::Never => false,
        }
    }

    /// Compares a boolean with the text `right`.
    ///
    /// This is not an order: a text that is not a boolean is unequal to any, but `true >= x` and `false <= x` hold for
    /// any `x`.
    fn holds_for_truth(self, left: bool, right: &str) -> bool {
        let same = right == if left { "true" } else { "false" };
        let opposite = right == if left { "false" } else { "true" };
        match self {
            Self::Equal => same,
            Self::NotEqual => !same,
            Self::Greater => left && opposite,
            Self::Less => !left && opposite,
            Self::GreaterOrEqual => left,
            Self::LessOrEqual => !left,
            Self::Like | Self::NotLike | Self::Never => false,
        }
    }
}

/// The value on the right of an operator.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    text: String,
    /// The value for comparisons with numbers; 0 if the text is not a number.
    number: f64,
    truth: Option<Truth>,
}

/// `~…`: a test that is applied to the left side; its result is compared with true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    Exists,
    Null,
    True,
    False,
    Unknown,
}

impl Operand {
    pub(super) fn new(text: String) -> Self {
        let truth = text.strip_prefix('~').map(|name| match name {
            "*" => Truth::Exists,
            "null" => Truth::Null,
            "true" => Truth::True,
            "false" => Truth::False,
            _ => Truth::Unknown,
        });
        Self { number: text.parse().unwrap_or(0.0), text, truth }
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.truth == Some(Truth::Unknown)
    }
}

impl Truth {
    fn of(self, value: Option<&str>) -> Option<bool> {
        let kind = value.and_then(ValueKind::of);
        Some(match self {
            Self::Exists => kind.is_some(),
            Self::Null => matches!(kind, None | Some(ValueKind::Null)),
            Self::True => spells(kind, value) == Some(true),
            Self::False => spells(kind, value) == Some(false),
            Self::Unknown => return None,
        })
    }
}

/// Returns the boolean that a value is converted to; `None` if it has none.
fn spells(kind: Option<ValueKind>, value: Option<&str>) -> Option<bool> {
    match (kind, value) {
        (Some(ValueKind::True), _) => Some(true),
        (Some(ValueKind::Number), Some(raw)) => Some(number(raw) != 0.0),
        (Some(ValueKind::String), Some(raw)) => says_true(&unescape(inside(raw))),
        (Some(ValueKind::Array | ValueKind::Object), _) => None,
        _ => Some(false),
    }
}

fn number(raw: &str) -> f64 {
    raw.parse().unwrap_or(0.0)
}

impl Condition {
    /// Returns the condition that something exists at `path`.
    pub(super) fn exists(path: NodeId) -> Self {
        Self { path, scalar: true, comparison: None, right: Operand::new(String::new()) }
    }

    /// Splits a comparison into operator and value. An `!` that begins no operator makes the Go library ignore the
    /// whole comparison.
    pub(super) fn operator(comparison: &str) -> (Option<Comparison>, &str) {
        let comparison = comparison.trim_matches(super::split::is_space);
        if comparison == "!" {
            return (Some(Comparison::Never), "");
        }
        OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((Some(*operator), comparison.strip_prefix(sign)?)))
            .unwrap_or((None, ""))
    }

    /// Returns whether an element of an array matches.
    pub(super) fn accepts(&self, engine: &Engine<'_>, element: &str, depth: usize) -> Result<bool, Limit> {
        if ValueKind::of(element).is_some_and(ValueKind::is_container) {
            let (left, _) = engine.aside(|| engine.run(element, self.path, depth));
            self.holds(engine, left?.as_deref())
        } else if self.scalar {
            self.holds(engine, Some(element))
        } else {
            Ok(false)
        }
    }

    fn holds(&self, engine: &Engine<'_>, left: Option<&str>) -> Result<bool, Limit> {
        let right = self.right.text.as_str();
        let Some(comparison) = self.comparison else {
            return Ok(left.is_some());
        };
        if let Some(truth) = self.right.truth {
            let left = truth.of(left);
            return Ok(left.is_some_and(|left| comparison.holds_for_truth(left, "true")));
        }
        let Some(left) = left else {
            return Ok(false);
        };
        Ok(match ValueKind::of(left) {
            Some(ValueKind::String) => {
                let left = unescape(inside(left));
                match comparison {
                    Comparison::Like => engine.matches(&left, right)?,
                    Comparison::NotLike => !engine.matches(&left, right)?,
                    _ => comparison.holds(left.as_ref(), right),
                }
            }
            Some(ValueKind::Number) => comparison.holds(&number(left), &self.right.number),
            Some(ValueKind::True) => comparison.holds_for_truth(true, right),
            Some(ValueKind::False) => comparison.holds_for_truth(false, right),
            _ => false,
        })
    }
}
