//! Listings of sessions: order, limits, and where a page begins and ends.

use serde_json::Value;

use crate::stage::{Server, Stage};

fn page(server: &Server, query: &str) -> Value {
    let reply = server.get(&format!("/agents/a1/endpoint/sessions?{query}"));
    reply.ok().json()
}

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|s| s["agent_session_id"].as_str().unwrap().to_owned()).collect()
}

/// All ids, page by page, as a client that looks at `has_more` finds them.
fn walk(server: &Server, query: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = page(server, &format!("{query}{after}"));
        let found = ids(&page);
        assert_eq!(page["first_id"].as_str(), found.first().map(String::as_str));
        assert_eq!(page["last_id"].as_str(), found.last().map(String::as_str));
        all.extend(found);
        if page["has_more"] == false {
            return all;
        }
        after = format!("&after={}", page["last_id"].as_str().unwrap());
    }
}

/// Sessions `s00` to `s24` of `a1`, and some of another agent between them.
fn stage() -> (Stage, Server, Vec<String>) {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let all: Vec<_> = (0..25).map(|n| format!("s{n:02}")).collect();
    for id in &all {
        server.create("a1", id);
        server.create("a2", id);
    }
    (stage, server, all)
}

#[test]
fn any_limit_lists_each_session_once_in_either_order() {
    let (_stage, server, all) = stage();
    let backwards: Vec<_> = all.iter().rev().cloned().collect();
    for limit in [1, 2, 5, 12, 25, 26, 100] {
        assert_eq!(walk(&server, &format!("limit={limit}")), all, "{limit}");
        assert_eq!(walk(&server, &format!("limit={limit}&order=desc")), backwards, "{limit}");
    }
    let first = page(&server, "");
    assert_eq!((ids(&first).len(), &first["has_more"]), (20, &true.into()), "a page has 20 entries by default");
    assert_eq!(ids(&page(&server, "limit=100")).len(), 25);
    for bad in ["limit=0", "limit=101", "limit=-1", "limit=x", "order=up", "after=none", "before=none"] {
        server.get(&format!("/agents/a1/endpoint/sessions?{bad}")).is(400, "invalid_request");
    }
}

#[test]
fn a_page_lies_between_its_cursors() {
    let (_stage, server, all) = stage();
    let look = |query: &str| {
        let page = page(&server, query);
        (ids(&page), page["has_more"].as_bool().unwrap())
    };
    let of = |from: usize, to: usize| all[from..to].to_vec();
    let back = |from: usize, to: usize| all[from..to].iter().rev().cloned().collect::<Vec<_>>();
    assert_eq!(look("after=s20&limit=10"), (of(21, 25), false));
    assert_eq!(look("after=s24"), (vec![], false));
    assert_eq!(look("before=s10&limit=3"), (of(7, 10), true), "the page before, and not the first one");
    assert_eq!(look("before=s03&limit=3"), (of(0, 3), false));
    assert_eq!(look("before=s00"), (vec![], false));
    assert_eq!(look("after=s04&before=s10"), (of(5, 10), false));
    assert_eq!(look("after=s04&before=s10&limit=2"), (of(5, 7), true));
    assert_eq!(look("order=desc&after=s10&limit=3"), (back(7, 10), true));
    assert_eq!(look("order=desc&before=s10&limit=3"), (back(11, 14), true));
    assert_eq!(look("order=desc&after=s10&before=s04"), (back(5, 10), false));
}

#[test]
fn an_empty_listing_has_no_ids() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    assert_eq!(page(&server, ""), serde_json::json!({ "data": [], "has_more": false }));
    server.create("a1", "s1");
    assert_eq!(page(&server, "after=s1"), serde_json::json!({ "data": [], "has_more": false }));
}

#[test]
fn a_client_that_deletes_what_it_lists_comes_to_the_end() {
    let (_stage, server, all) = stage();
    for order in ["asc", "desc"] {
        let mut after = String::new();
        let mut seen = Vec::new();
        loop {
            let page = page(&server, &format!("limit=4&order={order}{after}"));
            for id in ids(&page) {
                server.send("DELETE", &format!("/agents/a1/endpoint/sessions/{id}"), "").is(204, "");
                seen.push(id);
            }
            if page["has_more"] == false {
                break;
            }
            after = format!("&after={}", page["last_id"].as_str().unwrap());
        }
        seen.sort();
        assert_eq!(seen, all, "{order}");
        for id in &all {
            server.create("a1", id);
        }
    }
}
