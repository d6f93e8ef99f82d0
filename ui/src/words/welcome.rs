//! The first run.

use super::words;

words! {
    /// The first run.
    Welcome {
        title: "Welcome to Créalia Studio" => "Bienvenue dans Créalia Studio";
        text: "Long video in, vertical reels out. On your own computer: no account, and nothing leaves it." => "Une longue vidéo entre, des réels verticaux sortent. Sur votre ordinateur : sans compte, et rien n’en sort.";
        language: "Language" => "Langue";
        theme: "Appearance" => "Apparence";
        downloads: "Words from speech" => "Des paroles au texte";
        downloads_text: "Reels are made without any download. A speech model adds captions and finds moments by what is said." => "Les réels se font sans rien télécharger. Un modèle de parole ajoute des sous-titres et trouve les moments d’après ce qui est dit.";
        downloads_here(name: &str): format!("{name} is installed, so captions work.") => format!("{name} est installé : les sous-titres fonctionnent.");
        download(name: &str, size: &str, host: &str): format!("Download {name}, {size} from {host}") => format!("Télécharger {name}, {size} depuis {host}");
        downloading: "It downloads while you go on." => "Le téléchargement continue pendant que vous avancez.";
        later: "You can also do this later, in the settings." => "Vous pourrez aussi le faire plus tard, dans les réglages.";
        start: "Start" => "Commencer";
        demo: "Start with the demo video" => "Commencer avec la vidéo de démo";
    }
}
