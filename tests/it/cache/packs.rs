//! Packs: what one run adds is one file, if it is much.

use std::path::{Path, PathBuf};

use super::{check, counts, entries, flipped, long, without};
use crate::tree::{FINDING, Tree};

const FILES: usize = 20;

/// A tree with so many files that are kept.
fn tree() -> Tree {
    let tree = Tree::with(&[("Cargo.toml", "[package]\nname = \"node\"\n")]);
    for i in 0..FILES {
        let text = long(&FINDING.replace("Node", &format!("Node{i}")));
        tree.write(&format!("src/file{i}.rs"), text.as_bytes());
    }
    tree
}

/// The one pack of a cache.
fn pack(cache: &Path) -> PathBuf {
    let [pack] = &entries(cache)[..] else { panic!("{:?}", entries(cache)) };
    let name = pack.file_name().expect("a name").to_string_lossy();
    assert!(name.starts_with("pack-") && name.len() == 69, "{name}");
    pack.clone()
}

#[test]
fn many_entries_are_one_file() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    let (cold, first) = (check(&tree, &cache), pack(&cache));
    assert_eq!(counts(&cold), (0, FILES));
    let warm = check(&tree, &cache);
    assert_eq!(counts(&warm), (FILES, 0));
    assert!(cold.out == without(&tree) && warm.out == cold.out, "{}", warm.err);
    // One that is added later has a file of its own.
    tree.write("src/file0.rs", long(FINDING).as_bytes());
    let changed = check(&tree, &cache);
    assert_eq!(counts(&changed), (FILES - 1, 1));
    assert_eq!(changed.out, without(&tree));
    assert_eq!(entries(&cache).len(), 2);
    assert_eq!(counts(&check(&tree, &cache)), (FILES, 0));
    // The same entries make the same pack.
    let other = home.path().join("other");
    tree.write("src/file0.rs", long(&FINDING.replace("Node", "Node0")).as_bytes());
    check(&tree, &other);
    assert_eq!(pack(&other).file_name(), first.file_name());
}

#[test]
fn a_damaged_pack_is_none() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    check(&tree, &cache);
    let (report, path) = (without(&tree), pack(&cache));
    let good = std::fs::read(&path).expect("it can be read");
    // The mark, the hash, the number of entries, a key, and a length.
    let mut damaged: Vec<Vec<u8>> = [0, 20, 47, 50, 52, 90].map(|at| flipped(&good, at)).into();
    damaged.extend([Vec::new(), good[..40].to_vec(), good[..good.len() - 1].to_vec()]);
    damaged.extend([[&good[..], b"!"].concat(), vec![0; 1 << 20], vec![0xff; 1 << 20]]);
    for bytes in damaged {
        std::fs::write(&path, &bytes).expect("it can be damaged");
        let ended = check(&tree, &cache);
        assert_eq!(ended.out, report);
        assert_eq!(counts(&ended), (0, FILES), "{} bytes: {}", bytes.len(), ended.err);
        assert_eq!(std::fs::read(&path).ok().as_ref(), Some(&good), "it is replaced");
    }
}

/// The entries around a damaged one are good, and it gets a file of its own.
#[test]
fn a_damaged_entry_costs_only_itself() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    check(&tree, &cache);
    let path = pack(&cache);
    let good = std::fs::read(&path).expect("it can be read");
    std::fs::write(&path, flipped(&good, good.len() - 1)).expect("it can be damaged");
    let ended = check(&tree, &cache);
    assert_eq!(counts(&ended), (FILES - 1, 1), "{}", ended.err);
    assert_eq!(ended.out, without(&tree));
    assert_eq!(entries(&cache).len(), 2);
    assert_eq!(counts(&check(&tree, &cache)), (FILES, 0));
}

#[cfg(unix)]
#[test]
fn what_stands_in_the_place_of_a_pack_is_not_opened() {
    let (tree, home) = (tree(), Tree::with(&[("outside/x", "")]));
    let cache = home.path().join("cache");
    check(&tree, &cache);
    let (report, path) = (without(&tree), pack(&cache));
    std::fs::remove_file(&path).expect("it is there");
    super::hostile::make_pipe(&path);
    let ended = check(&tree, &cache);
    assert_eq!((ended.out.as_str(), counts(&ended)), (report.as_str(), (0, FILES)), "a pipe");
    assert!(path.is_file(), "it is replaced");
    let packs = path.parent().expect("a directory");
    std::fs::remove_dir_all(packs).expect("it is there");
    let outside = home.path().join("outside");
    std::os::unix::fs::symlink(&outside, packs).expect("a link can be made");
    let ended = check(&tree, &cache);
    assert_eq!((ended.out.as_str(), counts(&ended)), (report.as_str(), (0, 0)), "a link");
    assert_eq!(std::fs::read_dir(&outside).expect("it is there").count(), 1);
}
