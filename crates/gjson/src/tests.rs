//! Attacks and properties. The meaning of paths is tested by the recorded cases of `tests/gjson.rs`.

use std::fmt::Write as _;
use std::thread;

use proptest::prelude::*;

use super::layout::Layout;
use super::limits::{BoundedString, WORK_BASE, WorkBudget};
use super::valid::is_json;
use super::{Limit, Path, Selection, answer, get, pretty, text, try_get, ugly};

fn path(text: &str) -> Path {
    Path::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn found(json: &str, text: &str) -> Option<String> {
    get(json, &path(text)).map(std::borrow::Cow::into_owned)
}

fn problem(text: &str) -> Option<(usize, String)> {
    let error = path(text).problem()?.clone();
    Some((error.column, error.message))
}

#[test]
fn a_plain_hit_is_borrowed() {
    let json = r#"{"a": {"b": [1, {"c": 1.0}]}}"#;
    let hit = get(json, &path("a.b.1.c"));
    assert!(matches!(hit, Some(std::borrow::Cow::Borrowed("1.0"))));
    assert!(matches!(ugly("[1,2]"), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn what_a_path_does_not_find_is_told() {
    let json = r#"{"id":"x","none":null,"empty":[],"list":[{"a":1},{"a":2,"b":3}],"in":{"a":1}}"#;
    let matched = [
        ("id", "\"x\""),
        ("none", "null"),
        ("empty", "[]"),
        ("empty.#.a", "[]"),
        ("empty.#.{a,b}", "[]"),
        ("{id,in.a}", r#"{"id":"x","a":1}"#),
        ("{is:!1}", r#"{"is":1}"#),
        ("list.#", "2"),
        ("list.#.a", "[1,2]"),
        ("list.#(a==9)#", "[]"),
        ("list.#(b==3)#.a", "[2]"),
        ("list.#({a,b}%\"x\")#", "[]"),
        ("@dig:b", "[3]"),
        ("in.@keys", r#"["a"]"#),
        ("nosuch|!\"default\"", "\"default\""),
    ];
    for (text, wanted) in matched {
        assert_eq!(answer(json, &path(text)), Ok(Selection::Matched(wanted.into())), "{text}");
    }
    let partial: [(&str, &str, &[&str]); 9] = [
        ("{id,nosuch}", r#"{"id":"x"}"#, &["nosuch"]),
        ("[id,nosuch,in.z]", r#"["x"]"#, &["nosuch", "in.z"]),
        ("{id,kind:nosuch.a}", r#"{"id":"x"}"#, &["nosuch.a"]),
        ("{id,in:{nosuch}}", r#"{"id":"x","in":{}}"#, &["nosuch"]),
        ("{nosuch,is:!1}", r#"{"is":1}"#, &["nosuch"]),
        ("list.#.b", "[3]", &["b"]),
        ("list.#.{a,b}", r#"[{"a":1},{"a":2,"b":3}]"#, &["b"]),
        ("{id,nosuch}|id", "\"x\"", &["nosuch"]),
        ("{id,k:nosuch|@keys}", r#"{"id":"x","k":[]}"#, &["nosuch|@keys"]),
    ];
    for (text, left, missed) in partial {
        let missed = missed.iter().map(|&part| part.to_owned()).collect();
        assert_eq!(answer(json, &path(text)), Ok(Selection::Partial { text: left.into(), missed }), "{text}");
    }
    let nothing = [
        "nosuch",
        "{}",
        "[]",
        "{nosuch}",
        "[nosuch]",
        "{a:{nosuch}}",
        "{nosuch}|@keys",
        "nosuch|@keys",
        "nosuch.@tostr",
        "list.#.z",
        "list.#.{z}",
        "list.#.z|#",
        "list.#(a==9)",
        "list.#(a==1).z",
        "list.#(a==1)#.z",
        "@dig:z",
        "@dig:{z}",
        "in.{z}",
    ];
    for text in nothing {
        assert_eq!(answer(json, &path(text)), Ok(Selection::Missed), "{text}");
    }
}

#[test]
fn text_takes_the_escapes_out() {
    assert_eq!(text(r#""a\n\"\u00e9\ud83d\ude00""#), "a\n\"é😀");
    assert_eq!(text(r#""\ud800x \udc00""#), "\u{fffd}x \u{fffd}");
    assert_eq!(text("1.0"), "1.0");
    assert_eq!(text(r#"["a"]"#), r#"["a"]"#);
    // No string literals, but no reason to panic.
    for broken in ["\"", "\"\\", "\"\\u12", "\"\\ué€", "\"a", "\"\\x\"", ""] {
        let _ = text(broken);
    }
}

#[test]
fn pretty_prints_as_others_do() {
    let json = r#" {"b":[1.0,{},[ ],{"x":"{,}"}] ,"a":1e5,"a":null}"#;
    let lines = "{\n  \"b\": [\n    1.0,\n    {},\n    [],\n    {\n      \"x\": \"{,}\"\n    }\n  ],\n  \"a\": 1e5,\n  \"a\": null\n}";
    assert_eq!(pretty(json), lines);
    assert_eq!(ugly(json), r#"{"b":[1.0,{},[],{"x":"{,}"}],"a":1e5,"a":null}"#);
    assert_eq!(pretty("42"), "42");
}

#[test]
fn only_an_empty_or_too_large_path_is_an_error() {
    let empty = Path::parse("").expect_err("an empty path");
    assert_eq!(empty.to_string(), "the path is empty (column 1 of the path)");
    assert!(Path::parse(&"a.".repeat(100_000)).is_err());
    assert!(Path::parse(&"#(a.".repeat(4_000)).is_ok_and(|path| path.problem().is_some()));
}

#[test]
fn problems_have_columns() {
    let cases = [
        ("é.#(a==1", 4, "the query is not closed"),
        ("a.#(b==\"x)", 4, "the query is not closed"),
        ("{a,b", 1, "the multipath is not closed"),
        ("a|[b,\"c]", 3, "the multipath is not closed"),
        ("{a,[b}", 1, "the multipath is not closed"),
        ("[a]b", 4, "expected `.`, `|` or the end after a multipath"),
        ("a.@nope", 3, "unknown modifier `@nope` (the key is `\\@nope`)"),
        ("[a,@x|b]", 4, "unknown modifier `@x` (the key is `\\@x`)"),
        ("#(@x==1)", 3, "unknown modifier `@x` (the key is `\\@x`)"),
        ("@dig", 5, "`@dig` needs a path"),
        ("@dig:@x", 6, "unknown modifier `@x` (the key is `\\@x`)"),
        ("@keys:1", 7, "`@keys` takes no argument"),
        ("@flatten:{\"deep\":", 10, "the argument of `@flatten` must be a JSON object"),
        ("@pretty:true", 9, "the argument of `@pretty` must be a JSON object"),
        ("@pretty:{\"wide\":1}", 9, "`@pretty` has no option `wide`"),
        ("@join:{\"preserve\":true}x", 24, "expected `.`, `|` or the end after a modifier's argument"),
        ("!nope", 2, "the literal is not JSON"),
        ("!{a}", 2, "the literal is not JSON"),
        ("!1|@this", 2, "the literal is not JSON"),
        ("!\"a\"|@this", 5, "nothing can follow a string or number literal"),
        ("#(!ok)#", 3, "the query has no operator that GJSON knows"),
        ("#(a==~maybe)", 4, "after `~` expected `true`, `false`, `null` or `*`"),
        ("#(a)b.c", 5, "expected `.`, `|` or the end after a query"),
    ];
    for (text, column, message) in cases {
        assert_eq!(problem(text), Some((column, message.into())), "{text:?}");
    }
    let sound = [
        "a",
        "a..b",
        "a|",
        "..#.a",
        "\\@nope",
        "a\\.b",
        "#(a.b==\"x|y)\")#|0",
        "#",
        "#.#(a>1)#.b|@reverse",
        "{a,\"b\":c.d,e:[f,!1]}",
        "@flatten:{\"deep\":true}.0",
        "@dig:a*.b|#",
        "!{\"a\":[1]}|a.0",
        "#[a%\"x*\"]#",
        "metadata.",
        "#(#(a)#|#>1)",
        "@pretty:{\"indent\":\"\\t\",\"sortKeys\":true}",
    ];
    for text in sound {
        assert_eq!(problem(text), None, "{text:?}");
    }
}

#[test]
fn what_is_no_json_is_never_selected() {
    let json = r#"{"s":"[1,2]","t":"tea","n":1,"o":[{"a":1},{ },{"b":2}]}"#;
    assert_eq!(found(json, "s|0"), None);
    assert_eq!(found(json, "s.@fromstr.0").as_deref(), Some("1"));
    assert_eq!(found(json, "t.@fromstr"), None);
    assert_eq!(found(json, "[!{oops},!1|2,n]").as_deref(), Some("[1]"));
    let joined = found(json, "o.@join:{\"preserve\":true}");
    assert_eq!(joined.as_deref(), Some(r#"{"a":1,"b":2}"#));
}

/// Runs in a thread with the default stack size of threads.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(2 << 20).spawn(run);
    thread.expect("a thread").join().expect("no panic");
}

#[test]
fn deep_json_and_deep_paths_do_not_overflow_the_stack() {
    on_a_small_stack(|| {
        const DEEP: usize = 1_200;
        let arrays = "[".repeat(DEEP) + &"]".repeat(DEEP);
        let objects = "{\"a\":".repeat(DEEP) + "1" + &"}".repeat(DEEP);
        assert!(is_json(&arrays) && is_json(&objects));
        for json in [arrays.as_str(), objects.as_str()] {
            assert_eq!(ugly(&pretty(json)), json);
            assert!(found(json, "@this").is_some());
            assert_eq!(found(json, "@valid").as_deref(), Some(json));
            assert!(found(json, "@flatten:{\"deep\":true}").is_some());
            assert!(found(json, "@dig:@keys|#").is_some());
        }
        let chains = ["0.", "#.", "a.", "*.", "#(#>0)#.", "[a].", "@dig:", "@this|", "0|", "a|"];
        for depth in [200, 256, 257, 1_500] {
            for chain in chains {
                let Ok(path) = Path::parse(&(chain.repeat(depth) + "@this")) else {
                    continue;
                };
                let _ = try_get(&arrays, &path);
                let _ = try_get(&objects, &path);
            }
            for (open, close) in [("[", "]"), ("{x:", "}"), ("#(", ")"), ("#(#.", ")"), ("[#.", "]")] {
                let nested = open.repeat(depth) + "a" + &close.repeat(depth);
                let Ok(path) = Path::parse(&nested) else {
                    continue;
                };
                let _ = try_get(&arrays, &path);
                let _ = try_get(&objects, &path);
            }
        }
        assert_eq!(try_get(&arrays, &path("@pretty")), Err(Limit::Depth));
        assert_eq!(try_get(&arrays, &path(&"0.".repeat(300))), Err(Limit::Depth));
        let shallow = "[".repeat(200) + &"]".repeat(200);
        let inner = found(&shallow, &("0.".repeat(198) + "0"));
        assert_eq!(inner.as_deref(), Some("[]"));
        assert!(found(&shallow, "@pretty").is_some_and(|printed| ugly(&printed) == shallow));
    });
}

#[test]
fn hostile_paths_are_given_up() {
    let json = r#"{"a":"\\\"<","b":[[1,2],[3]]}"#;
    let doubling = ["[@this,@this]|".repeat(100) + "@this", "@tostr|".repeat(200) + "@this"];
    for text in doubling {
        assert_eq!(try_get(json, &path(&text)), Err(Limit::Output), "{text}");
    }
    let deep = "[".repeat(120) + &"]".repeat(120);
    let digs = "@dig:".repeat(12) + "@this";
    assert!(try_get(&deep, &path(&digs)).is_err());
    let indent = format!("@pretty:{{\"indent\":\"{}\"}}", " ".repeat(15_000));
    assert_eq!(try_get(&deep, &path(&indent)), Err(Limit::Output));
    let mut columns = format!("{{\"{}\":[0", "k".repeat(100_000));
    for _ in 0..100_000 {
        columns.push_str(",0");
    }
    columns.push_str("]}");
    assert_eq!(try_get(&columns, &path("@group")), Err(Limit::Output));
    let long = format!("[\"{}\"]", "a".repeat(1 << 20));
    let stars = format!("#(%\"{}b\")", "*a".repeat(4_000));
    assert_eq!(try_get(&long, &path(&stars)), Err(Limit::Work));
    // The same within bounds.
    assert!(try_get(json, &path(&("[@this,@this]|".repeat(10) + "#"))).is_ok());
    assert_eq!(found(&long, "#(%\"*a*a*a*b\")"), None);
}

/// A nested array is tried once for each array around it, and each attempt spends work.
#[test]
fn arrays_tried_on_one_line_cost_something() {
    let json = "[".repeat(200) + "{}" + &"]".repeat(200);
    let layout = Layout { width: 1 << 30, ..Layout::default() };
    let left = |work: usize| {
        let budget = WorkBudget::for_input(0);
        budget.read(WORK_BASE - work).expect("most of the allowance");
        layout.print(&json, BoundedString::new(&budget)).map(|printed| printed.len())
    };
    assert_eq!(left(10_000), Err(Limit::Work));
    assert!(left(1_000_000).is_ok());
}

#[test]
fn broken_json_and_broken_paths_do_not_panic() {
    let json = r#"{"a":[1,"x\"é",{"b":null,"ü":[true,{}]}],"c":{"d":-1.5e3}}"#;
    let texts = [
        "a.#(b==~null)#.ü|0",
        "@pretty:{\"sortKeys\":true,\"width\":9}",
        "{a,\"é\":c.d}.@keys",
        "a.1.@tostr|@fromstr",
        "@dig:*|@flatten:{\"deep\":true}",
        "..#.a.@reverse",
        "[a.#,!{\"x\":1}].@join",
        "c.\\d|@group",
        "@this|@values|@ugly|@valid",
    ];
    let cuts = |text: &'static str| (0..=text.len()).filter(|at| text.is_char_boundary(*at));
    for text in texts {
        for (start, end) in cuts(text).flat_map(|at| [(0, at), (at, text.len())]) {
            let Ok(path) = Path::parse(&text[start..end]) else {
                continue;
            };
            for at in cuts(json) {
                let _ = get(&json[at..], &path);
                let _ = get(&json[..at], &path);
            }
        }
    }
}

/// Generates JSON text with white space.
fn any_json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("1.0".to_owned()),
        Just("-0".to_owned()),
        Just("12345678901234567890".to_owned()),
        Just("1e400".to_owned()),
        any::<i16>().prop_map(|number| number.to_string()),
        any_string(),
    ];
    scalar.prop_recursive(5, 40, 5, |inner| {
        let space = || prop_oneof![3 => Just(""), 1 => Just(" "), 1 => Just("\n\t")];
        let member = (any_string(), inner.clone(), space());
        prop_oneof![
            (prop::collection::vec(inner, 0..5), space()).prop_map(|(items, space)| {
                let comma = format!("{space},{space}");
                format!("[{space}{}{space}]", items.join(&comma))
            }),
            prop::collection::vec(member, 0..5).prop_map(|members| {
                let mut out = String::from("{");
                for (index, (key, value, space)) in members.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    let _ = write!(out, "{comma}{space}{key}{space}:{space}{value}{space}");
                }
                out + "}"
            }),
        ]
    })
}

fn any_string() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[abc]{1,2}",
        1 => "[a\\[{}\\],:\"\\\\.|#@\n<é😀]{0,6}",
        1 => ".{0,8}",
        1 => Just("{\"a\":[1]}".to_owned()),
        1 => Just("\u{2028}\u{0}".to_owned()),
    ]
    .prop_map(|text| super::escape::quote(&text))
}

/// Generates paths, most of which are valid.
fn any_path() -> impl Strategy<Value = String> {
    let component = prop_oneof![
        4 => "[abc]{1,2}",
        2 => "[0-3]",
        2 => Just("#".to_owned()),
        1 => "[abc*?\\\\.]{1,4}",
        1 => "@(this|reverse|flatten|join|keys|values|valid|ugly|pretty|tostr|fromstr|group|nope)",
        1 => Just("@flatten:{\"deep\":true}".to_owned()),
        1 => Just("@join:{\"preserve\":true}".to_owned()),
        1 => "@pretty:\\{\"sortKeys\":true,\"width\":(-1|0|9|40),\"indent\":\"( |\\\\\\\\t)?\"\\}",
        1 => Just("..".to_owned()),
    ];
    component.prop_recursive(4, 24, 4, |inner| {
        let operator = "(==|!=|<|<=|>|>=|%|!%)(\"[abc*]{0,2}\"|-?[0-3]|~(true|false|null|\\*))";
        prop_oneof![
            4 => (inner.clone(), "[.|]", inner.clone()).prop_map(|(a, join, b)| a + &join + &b),
            1 => (inner.clone(), operator, "#?").prop_map(|(left, right, all)| format!("#({left}{right}){all}")),
            1 => inner.clone().prop_map(|path| format!("@dig:{path}")),
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(|paths| format!("[{}]", paths.join(","))),
            1 => prop::collection::vec(("(|a:|\"b\":)", inner), 0..4).prop_map(|members| {
                let members: Vec<_> = members.into_iter().map(|(name, path)| name + &path).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn check(json: &str, text: &str) -> Result<(), TestCaseError> {
    prop_assert!(is_json(json), "the test's own JSON: {json}");
    let Ok(path) = Path::parse(text) else {
        return Ok(());
    };
    if let Some(raw) = get(json, &path) {
        prop_assert!(is_json(&raw), "{text:?} made {raw:?} of {json:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_comes_back_is_json(json in any_json(), path in any_path()) {
        check(&json, &path)?;
    }

    #[test]
    fn what_comes_back_is_json_for_noise(json in any_json(), path in "[ab01.|#@*?!()\\[\\]{}\"\\\\:,=<~é ]{1,24}") {
        check(&json, &path)?;
    }

    #[test]
    fn any_text_is_no_reason_to_panic(json in ".{0,40}", path in ".{1,40}") {
        let _ = Path::parse(&path).map(|path| get(&json, &path).map(|raw| text(&raw).len()));
        let _ = (pretty(&json), ugly(&json), text(&json));
    }

    #[test]
    fn keys_lead_to_their_values(key in "[^\\p{Cc}]{1,8}", json in any_json()) {
        let object = format!("{{\"\": 0, {}: {json}}}", super::escape::quote(&key));
        let escaped: String = key.chars().flat_map(|ch| ['\\', ch]).collect();
        let found = found(&object, &escaped);
        prop_assert_eq!(found.as_deref(), Some(json.as_str()));
    }

    #[test]
    fn printing_keeps_the_json(json in any_json()) {
        let short = ugly(&json);
        prop_assert!(is_json(&short));
        let printed = pretty(&json);
        prop_assert_eq!(ugly(&printed), short.as_ref());
        let whole = found(&json, "@pretty|@ugly");
        prop_assert_eq!(whole.as_deref(), Some(short.as_ref()));
        let there_and_back = found(&json, "@tostr|@fromstr|@ugly");
        let trivial = json.starts_with('"') || json == "null";
        prop_assert!(trivial || there_and_back.as_deref() == Some(short.as_ref()));
    }

    #[test]
    fn validity_and_printing_agree_with_serde_json(json in any_json(), cut in any::<prop::sample::Index>(), noise in "[\\[\\]{},:\"\\\\0.e+-]?") {
        let at = cut.index(json.len() + 1);
        let at = (0..=at).rev().find(|at| json.is_char_boundary(*at)).unwrap_or(0);
        let (left, right) = json.split_at(at);
        let broken = format!("{left}{noise}{right}");
        let theirs = serde_json::from_str::<serde_json::Value>(&broken);
        // Of some numbers serde_json has no value, which says nothing about the rest.
        let beyond = |error: &serde_json::Error| error.to_string().contains("out of range");
        if theirs.as_ref().is_err_and(beyond) {
            return Ok(());
        }
        prop_assert_eq!(is_json(&broken), theirs.is_ok(), "{}", broken);
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&json) {
            let printed = serde_json::to_string_pretty(&value).unwrap_or_default();
            prop_assert_eq!(pretty(&value.to_string()), printed);
        }
    }
}
