//! The pages of the rules that the page speaks of; the script shows one beside the code.
//!
//! Takes rules; gives articles, and links to them.

use std::collections::BTreeSet;

use super::Page;
use crate::pages;
use crate::pages::html::{Setting, fragment};

/// A link to a rule's article.
pub(super) fn link(rule: &str, text: &str) -> String {
    format!("<a class=\"to-rule\" href=\"#rule-{rule}\">{text}</a>")
}

/// The articles.
pub(super) fn all(page: &Page<'_>) -> String {
    let shown = page.rules();
    shown.iter().map(|rule| article(rule, &shown)).collect()
}

fn article(rule: &str, shown: &BTreeSet<&'static str>) -> String {
    let Some(found) = pages::all().find(|page| page.id == rule) else { return String::new() };
    let address = |id: &str| shown.contains(id).then(|| format!("#rule-{id}"));
    let anchors = format!("rule-{rule}-");
    let setting = Setting { title: 3, anchors: Some(&anchors), address: &address };
    format!(
        "<article class=\"rule-page\" id=\"rule-{rule}\" tabindex=\"-1\" aria-label=\"Rule {rule}\">\
         <button type=\"button\" class=\"close needs-script\" data-close>Close</button>{}</article>",
        fragment(found.markdown, &setting)
    )
}
