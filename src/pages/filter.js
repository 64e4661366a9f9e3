"use strict";
// Leaves in the index what holds every word that was typed. It is read as XML, too: no angle brackets, no ampersands.
(function () {
  var search = document.getElementById("search");
  var words = document.getElementById("words");
  var count = document.getElementById("count");
  var groups = Array.from(document.querySelectorAll("section.group"));
  var rules = Array.from(document.querySelectorAll("li.rule"));
  function text(rule) {
    var group = rule.closest("section.group").querySelector("h2");
    return (rule.textContent + " " + group.textContent).toLowerCase();
  }
  function filter() {
    var wanted = words.value.toLowerCase().split(" ").filter(Boolean);
    rules.forEach(function (rule) {
      var held = text(rule);
      rule.hidden = !wanted.every(function (word) { return held.includes(word); });
    });
    groups.forEach(function (group) {
      group.hidden = !group.querySelector("li.rule:not([hidden])");
    });
    var shown = rules.filter(function (rule) { return !rule.hidden; }).length;
    count.textContent = shown + " of " + rules.length;
  }
  words.addEventListener("input", filter);
  search.hidden = false;
  filter();
})();
