//! What is X's alone.

use super::*;

#[test]
fn what_x_takes_is_told_before_and_sent_as_meant() {
    let live = Live::<x::Desk>::new();
    let publishing = live.open();
    let plan = |order: &Order| {
        let targets = Targets(vec!["x".to_owned()]);
        let plans = publishing.plan("reel.mp4", &live.file(), order, &targets);
        plans.unwrap().remove(0)
    };
    assert_eq!(plan(&public()).price_micro_usd, Some(15_000));
    let linked = Order {
        caption: "Voir https://exemple.fr".to_owned(),
        ..public()
    };
    let dearer = plan(&linked);
    assert_eq!(dearer.price_micro_usd, Some(200_000));
    assert!(dearer.warnings[0].contains("0.200 USD"), "{dearer:?}");
    let private = Order {
        privacy: Some(Privacy::Private),
        ..public()
    };
    let refused = live.refused(&publishing, &private);
    assert_eq!(refused.code, ErrorCode::PostRefused);
    assert!(refused.hint.contains("--privacy"), "{refused}");
    let long = Order {
        caption: "é".repeat(281),
        ..public()
    };
    let refused = live.refused(&publishing, &long);
    assert!(refused.message.contains("281"), "{refused}");
    // Without a caption the title is the text, and counted as such.
    let titled = Order {
        title: "é".repeat(281),
        caption: String::new(),
        ..public()
    };
    assert!(live.refused(&publishing, &titled).message.contains("281"));
    for (name, value) in [("replies", "friends"), ("paid-partnership", "maybe")] {
        let refused = live.refused(&publishing, &with_option(public(), name, value));
        assert_eq!(refused.code, ErrorCode::Usage, "{name}");
    }
    let order = Order {
        caption: String::new(),
        synthetic: Some(posts::Answer::Yes),
        ..with_option(public(), "replies", "mentioned")
    };
    let id = live.order(&publishing, &order);
    live.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    let mut post = live.server.posts().remove(0);
    post.as_object_mut().unwrap().remove("media").unwrap();
    let expect = serde_json::json!({
        "text": "Trois idées",
        "reply_settings": "mentionedUsers",
        "made_with_ai": true,
    });
    assert_eq!(post, expect);
    live.server
        .fail(Step::Post, Fault::Refused(403, "usage-capped"));
    let id = live.order(&publishing, &public());
    live.run(&publishing);
    let failed = publishing.entries(&[id]).unwrap().remove(0);
    let error = failed.error.unwrap();
    assert_eq!(error.code, ErrorCode::PostRefused);
    assert!(error.message.contains("credits"), "{error:?}");
}
