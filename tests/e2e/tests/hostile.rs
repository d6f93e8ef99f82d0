//! A project whose every text is HTML with a script runs nothing: it is shown as text.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use e2e::steps::{self, Tongue};
use e2e::{Setup, Window};
use serde_json::{Value, json};

/// Runs a script in three ways where a text becomes part of the page.
fn hostile(what: &str) -> String {
    format!(
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>\
         <b class=owned>{what}</b>"
    )
}

/// Asks the engine as the page does; a refusal fails.
fn ask(window: &Window, name: &str, call: &Value) -> Value {
    let reply = steps::ask(window, name, call).unwrap();
    assert!(reply.get("ok").is_some(), "{name}: {reply}");
    reply["ok"].clone()
}

/// Waits until the page shows a hostile text as it is written, in its words or in a field or a name.
fn shows(window: &Window, what: &str) {
    let script = "const [wanted] = arguments;
        const said = (element) => ['aria-label', 'data-tip', 'value']
          .some((name) => (element.getAttribute(name) ?? element[name] ?? '').includes?.(wanted));
        return document.body.innerText.includes(wanted)
          || [...document.querySelectorAll('[aria-label], [data-tip], input')].some(said);";
    window
        .within(Duration::from_mins(1), what, || {
            let found = window.run(script, &[json!(hostile(what))])?;
            Ok((found == json!(true)).then_some(()))
        })
        .unwrap();
    runs_nothing(window, what);
}

fn runs_nothing(window: &Window, place: &str) {
    let made = window
        .run(
            "return [document.title,
               document.querySelectorAll('img[src=x], b.owned').length,
               [...document.scripts].filter((own) => own.textContent.includes('owned')).length]",
            &[],
        )
        .unwrap();
    assert_ne!(made[0], "owned", "{place}");
    assert_eq!((&made[1], &made[2]), (&json!(0), &json!(0)), "{place}");
}

#[test]
fn the_texts_of_a_hostile_project_are_shown_and_run_nothing() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let (session, window) = steps::with_talk(english).unwrap();
    let opened = ask(&window, "open_project", &json!({"project": 1}));
    let project = &opened["project"];
    let reel = &opened["board"]["reels"][0];
    let (sequence, media) = (&reel["sequence"], &reel["media"]);
    let transcript = ask(
        &window,
        "get_transcript",
        &json!({"project": 1, "media": media}),
    );
    let from = reel["range"]["start"].as_i64().unwrap();
    let words = transcript["words"].as_array().unwrap();
    let spoken = words
        .iter()
        .find(|word| word["range"]["start"].as_i64().unwrap() >= from);
    let mut preset = project["presets"]
        .as_object()
        .and_then(|all| all.values().next())
        .unwrap()
        .clone();
    let own = preset.as_object_mut().unwrap();
    own.remove("id");
    own.insert("name".into(), json!(hostile("preset")));
    own.insert("description".into(), json!(hostile("description")));

    ask(
        &window,
        "rename_project",
        &json!({"project": 1, "name": hostile("project")}),
    );
    let mut base = ask(&window, "open_project", &json!({"project": 1}))["seq"].clone();
    for edit in [
        json!({"rename_sequence": {"sequence": sequence, "name": hostile("reel")}}),
        json!({"add_marker": {"sequence": sequence, "at": 0, "label": hostile("marker")}}),
        json!({"add_preset": {"preset": preset}}),
        json!({"correct_word": {
            "sequence": sequence,
            "media": media,
            "word": spoken.unwrap()["id"],
            "text": hostile("word"),
        }}),
    ] {
        let edited = ask(
            &window,
            "apply_edit",
            &json!({"project": 1, "base": base, "edit": edit}),
        );
        base = edited["seq"].clone();
    }
    ask(
        &window,
        "suggest_again",
        &json!({"project": 1, "media": media, "wish": hostile("wish")}),
    );

    // The board: project, reel, wish. The reel was changed, so that it stays.
    shows(&window, "project");
    shows(&window, "reel");
    shows(&window, "wish");
    // The palette.
    window.press(&["Control", "k"]).unwrap();
    window.part("palette").unwrap();
    shows(&window, "reel");
    window.press(&["Escape"]).unwrap();
    window.gone("[data-part=palette]").unwrap();
    // The editor: markers and words; styles are offered by the program's own names.
    let card = format!("[data-part=reel-card][data-sequence='{sequence}']");
    let card = window.seen(&card).unwrap();
    window.double_click(&card).unwrap();
    window.part("clip").unwrap();
    shows(&window, "marker");
    let tab = window.part("tab-transcript").unwrap();
    window.click(&tab).unwrap();
    shows(&window, "word");

    // And were a text to get through, the page's policy would stop it.
    let injected = "const script = document.createElement('script');
        script.textContent = 'document.title = \"owned\"';
        document.body.append(script);
        const picture = document.createElement('div');
        picture.innerHTML = '<img src=x onerror=\"document.title=\\'owned\\'\">';
        document.body.append(picture);
        const frame = document.createElement('a');
        frame.href = 'javascript:document.title=\"owned\"';
        document.body.append(frame);
        frame.click();";
    window.run(injected, &[]).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let title = window.run("return document.title", &[]).unwrap();
    assert_ne!(title, "owned", "the policy stops scripts within the page");
    drop(session);
}
