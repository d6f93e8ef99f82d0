//! The editor's words: timeline, transcript, inspector, preview.

use protocol::studio::settings::Language;
use timeline::edit::EditError;
use timeline::project::TrackKind;

use super::{counted_en, counted_fr, words};
use crate::format::decimal;

words! {
    /// The editor.
    Editor {
        title: "Editor" => "Montage";
        no_sequence: "No reel is open. Choose one on the board." => "Aucun reel ouvert. Choisissez-en un sur le tableau.";
        left_tabs: "Left panel" => "Panneau de gauche";
        library: "Library" => "Bibliothèque";
        transcript: "Transcript" => "Transcription";
        left_edge: "Width of the left panel" => "Largeur du panneau de gauche";
        right_edge: "Width of the inspector" => "Largeur de l’inspecteur";
        bottom_edge: "Height of the timeline" => "Hauteur de la timeline";

        sources: "Sources" => "Sources";
        no_sources: "Sources will be here. Drop a video anywhere in the window." => "Les sources seront ici. Déposez une vidéo n’importe où dans la fenêtre.";
        drag_hint: "Drag a source onto a track. Hold Ctrl to push what is there." => "Faites glisser une source sur une piste. Ctrl enfoncé, elle pousse ce qui s’y trouve.";
        file_away: "File missing" => "Fichier introuvable";
        add_source(name: String): format!("Insert {name} at the playhead") => format!("Insérer {name} à la tête de lecture");
        sequences: "Reels" => "Reels";

        search_words: "Search the words" => "Chercher dans le texte";
        found(count: usize): counted_en(count, "match", "matches") => counted_fr(count, "résultat", "résultats");
        words_empty: "There are no words. They appear here when a source with speech has been analysed." => "Il n’y a pas de texte. Il apparaît ici quand une source parlée a été analysée.";
        words_loading: "This reel plays no words." => "Ce reel ne contient pas de paroles.";

        preview_controls: "Playback" => "Lecture";
        preview_loading: "The preview gets ready" => "L’aperçu se prépare";
        play: "Play" => "Lire";
        pause: "Pause" => "Mettre en pause";
        safe_area: "Area that a network covers" => "Zone couverte par un réseau";
        no_safe_area: "No safe area" => "Aucune zone";
        universal: "All networks" => "Tous les réseaux";

        timeline: "Timeline" => "Timeline";
        tracks: "Tracks" => "Pistes";
        timeline_tools: "Timeline tools" => "Outils de la timeline";
        timeline_empty: "Drag a source from the library onto a track." => "Faites glisser une source de la bibliothèque sur une piste.";
        zoom: "Zoom" => "Zoom";
        minimap: "The whole sequence" => "Toute la séquence";
        selected(count: usize): format!("{} selected", counted_en(count, "clip", "clips")) => format!("{} sélectionnés", counted_fr(count, "clip", "clips"));
        clip_name(name: String, from: String, to: String): format!("{name}, from {from} to {to}") => format!("{name}, de {from} à {to}");
        times(speed: f64): format!("{}×", decimal(speed, 2, Language::English)) => format!("{}×", decimal(speed, 2, Language::French));
        trim_start: "Start of the clip" => "Début du clip";
        trim_end: "End of the clip" => "Fin du clip";
        marker(label: String, at: String):
            if label.is_empty() { format!("Marker at {at}") } else { format!("Marker {label} at {at}") }
            => if label.is_empty() { format!("Repère à {at}") } else { format!("Repère {label} à {at}") };
        track(kind: TrackKind, number: usize): track_en(kind, number) => track_fr(kind, number);
        add_track: "Add a track" => "Ajouter une piste";
        hide_track(name: String): format!("Hide {name}") => format!("Masquer {name}");
        mute_track(name: String): format!("Mute {name}") => format!("Couper le son de {name}");
        lock_track(name: String): format!("Lock {name}") => format!("Verrouiller {name}");

        tip_overwrite(by: String): format!("Replaces  {by}") => format!("Remplace  {by}");
        tip_insert(by: String): format!("Inserts  {by}") => format!("Insère  {by}");
        tip_trim(by: String): format!("Trims  {by}") => format!("Rogne  {by}");
        tip_ripple(by: String): format!("Trims and moves the rest  {by}") => format!("Rogne et décale la suite  {by}");
        tip_roll(by: String): format!("Moves the cut  {by}") => format!("Déplace la coupe  {by}");
        tip_slip(by: String): format!("Slips the source  {by}") => format!("Décale la source  {by}");
        tip_fade(length: String): format!("Fade  {length}") => format!("Fondu  {length}");
        refused(error: &EditError): refused_en(error) => refused_fr(error);

        captions: "Captions" => "Sous-titres";
        captions_need_style: "Choose a caption style in the inspector to show captions." => "Choisissez un style dans l’inspecteur pour afficher les sous-titres.";
        captions_need_words: "No words to caption." => "Aucune parole à sous-titrer.";
        caption_name(text: String, at: String): format!("Caption {text}, at {at}") => format!("Sous-titre {text}, à {at}");
        caption_text: "Text of the caption" => "Texte du sous-titre";
        reads_fast: "Hard to read in the time it is shown" => "Difficile à lire dans le temps d’affichage";

        inspector: "Inspector" => "Inspecteur";
        nothing_selected: "Select a clip to see its figures, or words in the transcript to cut or emphasise them." => "Sélectionnez un clip pour voir ses réglages, ou des mots du texte pour les couper ou les accentuer.";
        clip: "Clip" => "Clip";
        starts: "Start" => "Début";
        ends: "End" => "Fin";
        length: "Length" => "Durée";
        speed: "Speed" => "Vitesse";
        gain: "Gain" => "Gain";
        fade_in: "Fade in" => "Fondu entrant";
        fade_out: "Fade out" => "Fondu sortant";
        enabled: "Plays" => "Actif";
        framing: "Framing" => "Cadrage";
        picture: "Picture" => "Image";
        framing_fit: "Whole, over a blur" => "Entière, sur fond flou";
        framing_crop: "Cropped to the frame" => "Recadrée";
        crop_zoom: "Zoom" => "Zoom";
        crop_x: "Across" => "Horizontal";
        crop_y: "Down" => "Vertical";
        add_key: "Add a key" => "Ajouter une clé";
        hold_crop: "Hold this crop" => "Garder ce cadre";
        crop_keys: "Crop keys" => "Clés de cadrage";
        remove_key(at: String): format!("Remove the key at {at}") => format!("Supprimer la clé à {at}");
        caption_style: "Caption style" => "Style des sous-titres";
        no_captions: "None" => "Aucun";
        look_sample: "can do for" => "pour votre";
        look_word: "you" => "pays";
        caption_height: "Height" => "Hauteur";
        caption_height_reset: "Height of the style" => "Hauteur du style";
        words_selected: "Words" => "Mots";
        cut_words: "Cut out" => "Couper";
        restore_words: "Bring back" => "Rétablir";
        emphasise: "Emphasise" => "Accentuer";
        hide_words: "Hide in captions" => "Masquer des sous-titres";
    }
}

fn track_en(kind: TrackKind, number: usize) -> String {
    let name = match kind {
        TrackKind::Video => "Video",
        TrackKind::Overlay => "Overlay",
        TrackKind::Voice => "Voice",
        TrackKind::Music => "Music",
    };
    numbered(name, number)
}

fn track_fr(kind: TrackKind, number: usize) -> String {
    let name = match kind {
        TrackKind::Video => "Vidéo",
        TrackKind::Overlay => "Superposition",
        TrackKind::Voice => "Voix",
        TrackKind::Music => "Musique",
    };
    numbered(name, number)
}

/// Returns a name; the first of a kind has no number.
fn numbered(name: &str, number: usize) -> String {
    if number > 1 {
        format!("{name} {number}")
    } else {
        name.to_owned()
    }
}

fn refused_en(error: &EditError) -> String {
    match error {
        EditError::Locked(_) => "The track is locked",
        EditError::Occupied(_) => "Something is there already",
        EditError::NoLane => "There is no such track",
        EditError::NothingThere => "This track cannot take it",
        EditError::TimeOutOfRange => "Too far away",
        _ => "Not possible here",
    }
    .to_owned()
}

fn refused_fr(error: &EditError) -> String {
    match error {
        EditError::Locked(_) => "La piste est verrouillée",
        EditError::Occupied(_) => "La place est déjà prise",
        EditError::NoLane => "Il n’y a pas de telle piste",
        EditError::NothingThere => "Cette piste ne peut pas l’accueillir",
        EditError::TimeOutOfRange => "Trop loin",
        _ => "Impossible ici",
    }
    .to_owned()
}
