//! Posts, accounts, and the dialog that posts a reel.

use posts::outbox::State;
use posts::{Network, Privacy};
use protocol::studio::posting::Interaction;
use protocol::studio::settings::Language;

use super::words;

words! {
    /// Posts, accounts, and the dialog that posts a reel.
    Posting {
        title: "Posts" => "Publications";
        empty_title: "No posts yet" => "Aucune publication";
        empty_text: "Posts appear here with how they stand, where to see them and what to do when one fails." => "Les publications apparaissent ici, avec leur état, où les voir et quoi faire en cas d’échec.";
        go_to_accounts: "Connect an account" => "Connecter un compte";
        go_to_reels: "Choose a reel to post" => "Choisir un réel à publier";
        accounts: "Accounts" => "Comptes";
        needs_you: "Needs you" => "Votre décision";
        under_way: "Under way" => "En cours";
        over: "Done" => "Terminées";
        trouble_title: "Nothing is posted at the moment" => "Rien n’est publié pour le moment";
        resume: "Try again" => "Réessayer";
        more(count: usize): format!("Show {count} more") => format!("Afficher {count} de plus");

        see_short: "See post" => "Voir la publication";
        retry: "Try again" => "Réessayer";
        cancel: "Call off" => "Annuler";
        is_there: "It is there" => "Elle y est";
        is_not_there: "It is not there" => "Elle n’y est pas";
        reconnect: "Open accounts" => "Ouvrir les comptes";
        scheduled(when: &str): format!("Scheduled for {when}") => format!("Prévue {when}");
        again(when: &str): format!("Goes on {when}") => format!("Reprend {when}");
        uploading(percent: &str): format!("Uploading, {percent}") => format!("Envoi, {percent}");

        accounts_text: "Reels are posted through an app of your own that you register with the network once. Tokens stay in this computer’s keychain." => "Les réels sont publiés avec votre propre application, à enregistrer une fois auprès du réseau. Les jetons restent dans le trousseau de cet ordinateur.";
        no_keychain: "This system’s keychain cannot be used. Unlock it and try again, or keep tokens in a file that a passphrase seals; you are asked for it at each start. Who loses it connects the accounts again." => "Le trousseau du système est inutilisable. Déverrouillez-le et réessayez, ou gardez les jetons dans un fichier scellé par une phrase secrète, demandée à chaque démarrage. Si vous la perdez, il faudra reconnecter les comptes.";
        sealed: "Tokens are in a sealed file. Posts go out once you have given its passphrase." => "Les jetons sont dans un fichier scellé. Les publications partiront quand vous aurez donné sa phrase secrète.";
        passphrase: "Passphrase" => "Phrase secrète";
        passphrase_again: "Once more" => "Encore une fois";
        passphrase_differs: "The two differ" => "Les deux diffèrent";
        seal: "Keep tokens in a sealed file" => "Garder les jetons dans un fichier scellé";
        unseal: "Open the file" => "Ouvrir le fichier";
        open_console(network: Network): format!("Open {network}’s developer page") => format!("Ouvrir la page développeur de {network}");
        redirects: "Redirect to register, exactly as written" => "Redirection à enregistrer, telle quelle";
        copy: "Copy" => "Copier";
        copied: "Copied" => "Copié";
        client_id: "Client ID" => "Identifiant client";
        client_key: "Client key" => "Clé client";
        client_secret: "Client secret" => "Secret client";
        save_app: "Save app" => "Enregistrer l’application";
        change_app: "Change app…" => "Changer d’application…";
        keep_app: "Keep as it is" => "Ne rien changer";
        app_accepted(network: Network): format!("{network} accepts the app") => format!("{network} accepte l’application");
        app_not_asked(network: Network): format!("The app is saved. {network} could not be asked about it") => format!("L’application est enregistrée. {network} n’a pas pu être interrogé");
        connect: "Connect an account" => "Connecter un compte";
        consent_preparing: "Opening the network’s page" => "Ouverture de la page du réseau";
        consent_waiting(network: Network): format!("Answer on {network}’s page in your browser.") => format!("Répondez sur la page de {network} dans votre navigateur.");
        consent_again: "Open the page again" => "Rouvrir la page";
        consent_copy: "Copy its address" => "Copier son adresse";
        consent_stop: "Stop" => "Arrêter";
        consent_done(name: &str): format!("{name} is connected") => format!("{name} est connecté");
        connected: "Connected" => "Connecté";
        expired: "Has to be connected again" => "À reconnecter";
        not_for_posts: "Posting was not allowed" => "Publication non autorisée";
        limited: "Connected, not everything was allowed" => "Connecté, tout n’a pas été autorisé";
        granted(scopes: &str): format!("Allowed: {scopes}") => format!("Autorisé\u{202F}: {scopes}");
        missing(scopes: &str): format!("Not allowed: {scopes}. Connect again and allow everything.") => format!("Non autorisé\u{202F}: {scopes}. Reconnectez et autorisez tout.");
        checked(when: &str): format!("Checked {when}") => format!("Vérifié {when}");
        check_now: "Check now" => "Vérifier";
        checked_now(name: &str): format!("{name} is well connected") => format!("{name} est bien connecté");
        disconnect: "Disconnect" => "Déconnecter";
        disconnect_title(name: &str): format!("Disconnect {name}?") => format!("Déconnecter {name}\u{202F}?");
        disconnect_text: "Its tokens are erased here and the network is told. What was posted stays. Scheduled posts to it fail." => "Ses jetons sont effacés ici et le réseau est prévenu. Ce qui est publié reste. Les publications prévues échoueront.";
        disconnected(name: &str): format!("{name} is disconnected") => format!("{name} est déconnecté");
        disconnected_here(name: &str): format!("{name} is disconnected here. The network could not be told: remove the app on its site too") => format!("{name} est déconnecté ici. Le réseau n’a pas pu être prévenu\u{202F}: retirez aussi l’application sur son site");

        publish(name: &str): format!("Post {name}…") => format!("Publier {name}…");
        publish_title(name: &str): format!("Post “{name}”") => format!("Publier «\u{202F}{name}\u{202F}»");
        no_accounts: "Connect an account first: in settings, under accounts." => "Connectez d’abord un compte, dans les réglages, sous Comptes.";
        to: "To" => "Vers";
        post_title: "Title" => "Titre";
        caption: "Caption" => "Légende";
        caption_help: "Hashtags belong to it." => "Les hashtags en font partie.";
        counted(network: Network, count: &str, most: &str): format!("{count} of {most} on {network}") => format!("{count} sur {most} pour {network}");
        privacy(network: Network): format!("Who may see it on {network}") => format!("Qui peut la voir sur {network}");
        choose: "Choose" => "Choisir";
        made_for_kids: "Made for children" => "Conçue pour les enfants";
        synthetic: "Realistic pictures or voices made by AI" => "Images ou voix réalistes faites par IA";
        paid_partnership: "Somebody pays for it" => "Partenariat rémunéré";
        own_brand: "It advertises your own brand" => "Promotion de votre marque";
        creator(name: &str): format!("TikTok posts it to {name}.") => format!("TikTok la publie sur {name}.");
        creator_longest(name: &str, longest: &str): format!("TikTok posts it to {name}, videos of up to {longest}.") => format!("TikTok la publie sur {name}, vidéos de {longest} au plus.");
        creator_asked(name: &str): format!("Asking TikTok what {name} may do") => format!("TikTok dit ce que {name} peut faire");
        creator_unknown(name: &str, why: &str): format!("TikTok could not be asked what {name} may do. {why} It is asked again before the post goes out.") => format!("TikTok n’a pas pu dire ce que {name} peut faire. {why} La question sera reposée avant la publication.");
        switched_off: "(switched off in TikTok)" => "(désactivé dans TikTok)";
        cover: "Cover" => "Couverture";
        cover_choose: "Choose a frame as cover" => "Choisir une image comme couverture";
        cover_moment: "Moment of the reel" => "Moment du réel";
        cover_at(secs: &str): format!("{secs} s") => format!("{secs} s");
        cover_left(names: &str): format!("Left to {names}.") => format!("Laissée au choix de {names}.");
        cover_chosen(names: &str): format!("This frame, on {names}.") => format!("Cette image, sur {names}.");
        cover_verified: "YouTube takes it from channels that are verified by phone; others are posted without." => "YouTube l’accepte des chaînes validées par téléphone\u{202F}; les autres publient sans.";
        cover_frame(secs: &str): format!("Frame at {secs} s") => format!("Image à {secs} s");
        cover_own: "The reel’s own cover" => "La couverture du réel";
        viewers: "On TikTok, viewers may" => "Sur TikTok, le public peut";
        yes: "Yes" => "Oui";
        no: "No" => "Non";
        when: "When" => "Quand";
        now: "Now" => "Maintenant";
        at_a_time: "At a time" => "À une heure précise";
        day: "Day" => "Jour";
        time: "Time" => "Heure";
        time_wrong: "Enter a time such as 18:30" => "Saisissez une heure comme 18:30";
        time_past: "That moment has passed" => "Ce moment est passé";
        price(price: &str): format!("X charges your app about {price} for this post.") => format!("X facture environ {price} à votre application pour cette publication.");
        price_address(price: &str): format!("X charges your app about {price} because of the web address in the text.") => format!("X facture environ {price} à votre application à cause de l’adresse web dans le texte.");
        without_address: "Take the address out" => "Retirer l’adresse";
        shorten: "Shorten it" => "Raccourcir";
        rewrite: "Change the text" => "Modifier le texte";
        to_editor: "Open in the editor" => "Ouvrir au montage";
        export_own(size: &str): format!("Export it at {size}") => format!("Exporter en {size}");
        own_export(network: Network, size: &str): format!("{network} gets an export of its own at {size}.") => format!("{network} reçoit son propre export en {size}.");
        export_as_is: "Leave it as it is" => "Laisser tel quel";
        submit(count: usize):
            format!("Post to {}", super::counted_en(count, "account", "accounts"))
            => format!("Publier sur {}", super::counted_fr(count, "compte", "comptes"));
        submit_later(count: usize):
            format!("Schedule for {}", super::counted_en(count, "account", "accounts"))
            => format!("Planifier sur {}", super::counted_fr(count, "compte", "comptes"));
        begun(name: &str): format!("{name} is rendered, then posted") => format!("{name} est rendu, puis publié");
        begun_later(name: &str): format!("{name} is rendered and scheduled") => format!("{name} est rendu et planifié");
        unconfirmed: "This limit is not confirmed by the network." => "Cette limite n’est pas confirmée par le réseau.";
    }
}

/// Returns how a post stands.
pub(crate) fn state(state: State, language: Language) -> &'static str {
    let (english, french) = match state {
        State::Draft => ("Draft", "Brouillon"),
        State::Scheduled => ("Scheduled", "Prévue"),
        State::Publishing => ("Posting", "Publication en cours"),
        State::Published => ("Posted", "Publiée"),
        State::Failed => ("Failed", "Échec"),
        State::Cancelled => ("Called off", "Annulée"),
        State::Uncertain => ("Uncertain", "Incertaine"),
    };
    in_language(english, french, language)
}

/// Returns what viewers may do on TikTok.
pub(crate) fn interaction(interaction: Interaction, language: Language) -> &'static str {
    let (english, french) = match interaction {
        Interaction::Comment => ("comment", "commenter"),
        Interaction::Duet => ("make duets", "faire des duos"),
        Interaction::Stitch => ("make stitches", "faire des collages"),
    };
    in_language(english, french, language)
}

/// Returns who may see a post.
pub(crate) fn privacy(privacy: Privacy, language: Language) -> &'static str {
    let (english, french) = match privacy {
        Privacy::Public => ("Everybody", "Tout le monde"),
        Privacy::Unlisted => ("Whoever has the link", "Les personnes qui ont le lien"),
        Privacy::Followers => ("Followers", "Les abonnés"),
        Privacy::Friends => ("Friends", "Les amis"),
        Privacy::Connections => ("Connections", "Les relations"),
        Privacy::Private => ("Only me", "Moi uniquement"),
    };
    in_language(english, french, language)
}

/// Returns what has to be known of a network before its app is registered.
pub(crate) fn guide(network: Network, language: Language) -> &'static str {
    let (english, french) = match network {
        Network::YouTube => (
            "Create a Google Cloud project, enable the YouTube Data API v3, and make an OAuth client of the kind “desktop app”. Until Google has audited the project, what it uploads stays private.",
            "Créez un projet Google Cloud, activez l’API YouTube Data v3, puis un client OAuth de type «\u{202F}application de bureau\u{202F}». Tant que Google n’a pas audité le projet, ce qu’il envoie reste privé.",
        ),
        Network::TikTok => (
            "Create an app with Login Kit for desktop and the Content Posting API with direct post. Until TikTok has audited it, posts can be seen by you alone, and the account has to be private.",
            "Créez une application avec Login Kit pour ordinateur et l’API Content Posting en publication directe. Tant que TikTok ne l’a pas auditée, vous seul voyez les publications, et le compte doit être privé.",
        ),
        Network::X => (
            "Create an app with OAuth 2.0 of the kind “native app”, with read and write. X charges the app for every post, more when its text holds a web address.",
            "Créez une application OAuth 2.0 de type «\u{202F}application native\u{202F}», en lecture et écriture. X facture chaque publication à l’application, davantage quand le texte contient une adresse web.",
        ),
        Network::Instagram | Network::Facebook => (
            "Create a Meta app of the kind “business”. The Instagram account has to be a professional one that is linked with a Page.",
            "Créez une application Meta de type «\u{202F}entreprise\u{202F}». Le compte Instagram doit être professionnel et lié à une Page.",
        ),
        Network::LinkedIn => (
            "Create an app with the product “Share on LinkedIn”.",
            "Créez une application avec le produit «\u{202F}Share on LinkedIn\u{202F}».",
        ),
    };
    in_language(english, french, language)
}

fn in_language(english: &'static str, french: &'static str, language: Language) -> &'static str {
    match language {
        Language::English => english,
        Language::French => french,
    }
}
