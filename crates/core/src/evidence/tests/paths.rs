//! Paths to an anchor.

use super::*;

fn pool(certificates: &[&Certificate]) -> Pool {
    let mut pool = Pool::default();
    certificates.iter().for_each(|certificate| assert!(pool.add((*certificate).clone())));
    pool
}

/// Why no issuer of `leaf` was found.
fn refused(path: Path) -> String {
    let Path::Incomplete { path, refused, .. } = path else { panic!("{path:?}") };
    assert_eq!(path.len(), 1);
    refused.unwrap()
}

#[test]
fn of_every_algorithm() {
    let (root, ca, pss, leaf, deep) = (fixture("root"), fixture("ca"), fixture("pss"), fixture("leaf"), fixture("deep"));
    let all = pool(&[&root, &ca, &pss, &fixture("short")]);
    for (leaf, between) in [(&leaf, &ca), (&deep, &pss)] {
        let found = all.path(leaf, std::slice::from_ref(&root), fixture_time());
        assert_eq!(found, Path::Trusted(vec![leaf.clone(), between.clone(), root.clone()]));
    }
    assert!(matches!(all.path(&leaf, &[], fixture_time()), Path::Unanchored(path) if path.len() == 3));
    assert!(matches!(all.path(&leaf, std::slice::from_ref(&deep), fixture_time()), Path::Unanchored(path) if path.len() == 3));
    // Without the root, and without all.
    let found = pool(&[&ca]).path(&leaf, &[], fixture_time());
    assert_eq!(found, Path::Incomplete { path: vec![leaf.clone(), ca], urls: vec![], refused: None });
    let Path::Incomplete { path, urls, .. } = pool(&[]).path(&leaf, &[], fixture_time()) else { panic!() };
    assert_eq!((path, urls), (vec![leaf.clone()], leaf.issuer_urls()));
}

#[test]
fn any_certificate_is_an_anchor() {
    let (root, ca, leaf) = (fixture("root"), fixture("ca"), fixture("leaf"));
    for trust in [&ca, &leaf] {
        let found = pool(&[&root, &ca]).path(&leaf, std::slice::from_ref(trust), fixture_time());
        let Path::Trusted(path) = found else { panic!("{found:?}") };
        assert_eq!(path.last(), Some(trust));
    }
    // An anchor need not be in the pool, and may have expired.
    let old = Party::made("CN=Root", 1, "CN=Root", &key(1), (0, NOW - DAY), &[is_ca()]);
    let leaf = old.issue("CN=leaf", 2, &[]);
    assert!(matches!(Pool::default().path(&leaf.certificate, &[old.certificate], NOW), Path::Trusted(_)));
    // A root of version 1 has no extensions.
    let old = Party::made("CN=Root", 1, "CN=Root", &key(1), ALWAYS, &[]);
    let leaf = old.issue("CN=leaf", 2, &[]);
    assert!(matches!(Pool::default().path(&leaf.certificate, &[old.certificate], NOW), Path::Trusted(_)));
}

#[test]
fn issuers_that_are_none() {
    let root = Party::root("CN=Root", 1);
    let with = |validity, extensions: &[Vec<u8>]| {
        let ca = root.issue_for("CN=CA", 2, validity, extensions);
        let leaf = ca.issue("CN=leaf", 3, &[]);
        refused(pool(&[&root.certificate, &ca.certificate]).path(&leaf.certificate, &[], NOW))
    };
    assert_eq!(with((0, NOW - DAY), &[is_ca()]), format!("`CA` expired at {}", time::rfc3339(NOW - DAY)));
    assert_eq!(with((NOW + DAY, NOW + 2 * DAY), &[is_ca()]), format!("`CA` is valid from {} on", time::rfc3339(NOW + DAY)));
    assert_eq!(with(ALWAYS, &[]), "`CA` is not a CA by its basicConstraints");
    assert_eq!(with(ALWAYS, &[extension("2.5.29.19", true, &[0x30, 0])]), "`CA` is not a CA by its basicConstraints");
    assert_eq!(with(ALWAYS, &[is_ca(), usage(0x80)]), "`CA` may not sign certificates by its keyUsage");
    assert_eq!(with(ALWAYS, &[is_ca(), extension("1.2.3", true, &[5, 0])]), "`CA` has a critical extension that is not known");
    // Another key with the name of the issuer.
    let ca = Party::made("CN=CA", 9, "CN=Root", &root.key, ALWAYS, &[is_ca()]);
    let leaf = Party::made("CN=leaf", 3, "CN=CA", &key(2), ALWAYS, &[]);
    let found = pool(&[&ca.certificate]).path(&leaf.certificate, &[], NOW);
    assert_eq!(refused(found), "the signature on `leaf` is not one by `CA`");
    // Key identifiers tell without a signature.
    let ca = root.issue("CN=CA", 2, &[is_ca(), key_id(2)]);
    let leaf = ca.issue("CN=leaf", 3, &[authority_key(4)]);
    let Path::Incomplete { refused: None, .. } = pool(&[&ca.certificate]).path(&leaf.certificate, &[], NOW) else { panic!() };
}

#[test]
fn the_right_one_of_several() {
    let root = Party::root("CN=Root", 1);
    let wrong = Party::made("CN=CA", 9, "CN=Root", &root.key, ALWAYS, &[is_ca()]);
    let expired = root.issue_for("CN=CA", 2, (0, NOW - DAY), &[is_ca()]);
    let right = root.issue("CN=CA", 2, &[is_ca()]);
    let leaf = right.issue("CN=leaf", 3, &[]);
    let pool = pool(&[&wrong.certificate, &expired.certificate, &right.certificate]);
    let found = pool.path(&leaf.certificate, std::slice::from_ref(&root.certificate), NOW);
    assert_eq!(found, Path::Trusted(vec![leaf.certificate, right.certificate, root.certificate]));
}

#[test]
fn a_path_may_be_too_long_for_its_ca() {
    let short = Party::made("CN=Root", 1, "CN=Root", &key(1), ALWAYS, &[extension("2.5.29.19", true, &[0x30, 6, 1, 1, 0xff, 2, 1, 0])]);
    let leaf = short.issue("CN=leaf", 3, &[]);
    let ca = short.issue("CN=CA", 4, &[is_ca()]);
    let below = ca.issue("CN=below", 5, &[]);
    let all = pool(&[&short.certificate, &ca.certificate]);
    assert!(matches!(all.path(&leaf.certificate, &[], NOW), Path::Unanchored(_)));
    let Path::Incomplete { path, refused, .. } = all.path(&below.certificate, &[], NOW) else { panic!() };
    assert_eq!(path, [below.certificate, ca.certificate.clone()]);
    assert_eq!(refused.as_deref(), Some("`Root` permits fewer CAs below it (pathLenConstraint)"));
    // A CA that is the end of the path does not count.
    assert!(matches!(all.path(&ca.certificate, &[], NOW), Path::Unanchored(_)));
}

/// A trusted end counts more than the first that is found.
#[test]
fn trust_is_preferred() {
    let (old, new) = (Party::root("CN=Old", 1), Party::root("CN=New", 2));
    // The key of New, certified by Old.
    let cross = old.issue("CN=New", 2, &[is_ca()]);
    let leaf = new.issue("CN=leaf", 3, &[]);
    let all = pool(&[&new.certificate, &cross.certificate, &old.certificate]);
    assert!(
        matches!(all.path(&leaf.certificate, &[], NOW), Path::Unanchored(path) if path == [leaf.certificate.clone(), new.certificate.clone()])
    );
    let found = all.path(&leaf.certificate, std::slice::from_ref(&old.certificate), NOW);
    assert_eq!(found, Path::Trusted(vec![leaf.certificate, cross.certificate, old.certificate]));
}

/// The same name with a new key, certified by the old one, is not an end.
#[test]
fn a_renewed_key_is_not_an_end() {
    let old = Party::root("CN=Root", 1);
    let new = old.issue("CN=Root", 2, &[is_ca()]);
    let leaf = new.issue("CN=leaf", 3, &[]);
    let found = pool(&[&new.certificate, &old.certificate]).path(&leaf.certificate, &[], NOW);
    assert_eq!(found, Path::Unanchored(vec![leaf.certificate.clone(), new.certificate.clone(), old.certificate]));
    let found = pool(&[&new.certificate]).path(&leaf.certificate, &[], NOW);
    assert!(matches!(found, Path::Incomplete { path, .. } if path.len() == 2));
}

/// Old roots are signed with SHA-1, which says nothing at the end of a path.
#[test]
fn an_end_may_be_signed_by_an_unknown_algorithm() {
    let root = Party::root("CN=Root", 1);
    let der = root.certificate.der().to_vec();
    let known = [6, 3, 0x2b, 0x65, 0x70];
    // Both names of the algorithm become 1.3.101.111; that of the key, between them, stays.
    let at: Vec<usize> = (0..der.len()).filter(|at| der[*at..].starts_with(&known)).collect();
    let mut altered = der.clone();
    [at[0], at[2]].into_iter().for_each(|at| altered[at + 4] = 0x6f);
    let altered = Certificate::from_der(&altered).unwrap();
    let leaf = root.issue("CN=leaf", 3, &[]);
    let found = pool(&[&altered]).path(&leaf.certificate, &[], NOW);
    assert_eq!(found, Path::Unanchored(vec![leaf.certificate, altered]));
}

#[test]
fn two_that_issued_one_another() {
    let (a, b) = (Party::root("CN=A", 1), Party::root("CN=B", 2));
    let url = |url: &[u8]| {
        let method = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2").to_der().unwrap();
        extension("1.3.6.1.5.5.7.1.1", false, &element(0x30, &[&element(0x30, &[&method, &element(0x86, &[url])])]))
    };
    let (a_by_b, b_by_a) = (b.issue("CN=A", 1, &[is_ca(), url(b"http://b")]), a.issue("CN=B", 2, &[is_ca(), url(b"http://a")]));
    let leaf = a.issue("CN=leaf", 3, &[url(b"http://leaf")]);
    let found = pool(&[&a_by_b.certificate, &b_by_a.certificate]).path(&leaf.certificate, &[], NOW);
    let Path::Incomplete { path, urls, refused: None } = found else { panic!("{found:?}") };
    assert_eq!((path, urls), (vec![leaf.certificate, a_by_b.certificate, b_by_a.certificate], vec!["http://a".to_owned()]));
}

/// Twelve CAs, each certified by each other one: some hundred million paths.
#[test]
fn the_work_is_bounded() {
    let parties: Vec<Party> = (1..=12).map(|seed| Party::root(&format!("CN=CA {seed}"), seed)).collect();
    let mut all = Pool::default();
    for one in &parties {
        for seed in (1..=12).filter(|seed| parties[usize::from(*seed) - 1].certificate != one.certificate) {
            assert!(all.add(one.issue(&format!("CN=CA {seed}"), seed, &[is_ca()]).certificate));
        }
    }
    let leaf = parties[0].issue("CN=leaf", 99, &[]);
    let stranger = Party::root("CN=Stranger", 50);
    let Path::Incomplete { path, refused, .. } = all.path(&leaf.certificate, &[stranger.certificate], NOW) else { panic!() };
    assert!(path.len() > 1);
    assert_eq!(refused.as_deref(), Some("more than 64 signatures were verified"));
    let trust = parties[4].certificate.clone();
    let found = all.path(&leaf.certificate, std::slice::from_ref(&trust), NOW);
    assert!(matches!(found, Path::Trusted(path) if path.last() == Some(&trust)));
}

#[test]
fn the_depth_is_bounded() {
    let mut last = Party::root("CN=0", 1);
    let mut all = vec![last.certificate.clone()];
    for number in 1..=10 {
        last = last.issue(&format!("CN={number}"), number + 1, &[is_ca()]);
        all.push(last.certificate.clone());
    }
    let pool = pool(&all.iter().collect::<Vec<_>>());
    assert!(matches!(pool.path(&all[9], &[], NOW), Path::Unanchored(path) if path.len() == 10));
    assert!(matches!(pool.path(&all[10], &[], NOW), Path::Incomplete { path, .. } if path.len() == 10));
}

#[test]
fn a_pool_holds_each_once_and_no_more_than_its_bound() {
    let mut pool = Pool::default();
    let one = Party::root("CN=Root", 1).certificate;
    assert!(pool.add(one.clone()) && !pool.add(one.clone()));
    // With other signatures, which nothing verifies here.
    let mut der = one.der().to_vec();
    let end = der.len() - 2;
    for number in 0..2000u16 {
        der[end..].copy_from_slice(&number.to_be_bytes());
        pool.add(Certificate::from_der(&der).unwrap());
    }
    assert!(!pool.add(Party::root("CN=New", 2).certificate));
    assert_eq!(pool.certificates().len(), 1024);
}

#[test]
fn certificates_in_every_form() {
    let (root, ca) = (fixture("root"), fixture("ca"));
    let pem = read("root.pem");
    let text: Vec<u8> = pem.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"-")).collect::<Vec<_>>().concat();
    for bytes in [root.der(), &pem, &text] {
        assert_eq!(certificates_of(bytes), std::slice::from_ref(&root));
    }
    assert_eq!(certificates_of(&[pem, read("ca.pem")].concat()), [root.clone(), ca.clone()]);
    // A PKCS #7 file with certificates alone (RFC 2315, 9.1).
    let content = element(0x30, &[b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"]);
    let data = element(0x30, &[&[2, 1, 1], &[0x31, 0], &content, &element(0xa0, &[root.der(), ca.der()]), &[0x31, 0]]);
    let p7c = element(0x30, &[b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", &element(0xa0, &[&data])]);
    assert_eq!(certificates_of(&p7c), [root, ca]);
    for bytes in [&b""[..], b"<html>not here</html>", b"MIIB", &[0x30, 3, 1], &[0; 100]] {
        assert!(certificates_of(bytes).is_empty());
    }
}
