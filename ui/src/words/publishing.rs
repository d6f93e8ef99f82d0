//! What went wrong on the way to a network, and what to do.

use protocol::error::ErrorCode;

use crate::words::errors::Pair;

/// Returns what a code means and what to do, in English and French.
pub(crate) fn of(code: ErrorCode) -> (Pair, Pair) {
    use ErrorCode as E;
    match code {
        E::NotConnected => (
            (
                "The account is not connected any more.",
                "Le compte n’est plus connecté.",
            ),
            ("Connect it again.", "Connectez-le de nouveau."),
        ),
        E::AccountGone => (
            (
                "The account is not on its network any more.",
                "Le compte n’est plus sur son réseau.",
            ),
            (
                "Look there whether it still exists, or connect another.",
                "Vérifiez sur le réseau s’il existe encore, ou connectez-en un autre.",
            ),
        ),
        E::AppRefused => (
            (
                "The network does not accept your app.",
                "Le réseau n’accepte pas votre application.",
            ),
            (
                "Compare its identifier, secret and redirects with what the network shows.",
                "Comparez son identifiant, son secret et ses redirections avec ce que montre le réseau.",
            ),
        ),
        E::NoConsent => (
            (
                "Nobody agreed on the network’s page.",
                "Personne n’a donné son accord sur la page du réseau.",
            ),
            (
                "Connect the account again and agree there.",
                "Connectez de nouveau le compte et acceptez sur cette page.",
            ),
        ),
        E::PostRefused => (
            (
                "The network does not take the post as it is.",
                "Le réseau n’accepte pas la publication telle quelle.",
            ),
            (
                "Change what it names, then post again.",
                "Modifiez ce qu’il indique, puis publiez de nouveau.",
            ),
        ),
        E::NetworkUnreachable => (
            (
                "The network cannot be reached.",
                "Le réseau est injoignable.",
            ),
            (
                "Check the connection, then try again.",
                "Vérifiez la connexion, puis réessayez.",
            ),
        ),
        E::KeychainUnusable => (
            (
                "The system’s keychain cannot be used.",
                "Le trousseau du système est inutilisable.",
            ),
            (
                "Unlock it, or choose a file with a passphrase.",
                "Déverrouillez-le, ou choisissez un fichier protégé par une phrase secrète.",
            ),
        ),
        E::WrongPassphrase => (
            (
                "That is not the passphrase, or it is too short.",
                "Ce n’est pas la bonne phrase secrète, ou elle est trop courte.",
            ),
            (
                "A new one has at least 8 letters.",
                "Une nouvelle phrase compte au moins 8 lettres.",
            ),
        ),
        _ => of_a_post(code),
    }
}

/// Returns what a code means that tells how a post stands, or what cannot be done to it.
fn of_a_post(code: ErrorCode) -> (Pair, Pair) {
    use ErrorCode as E;
    match code {
        E::OnlyYou => (
            (
                "It is posted, and only you can see it.",
                "C’est publié, et vous seul pouvez le voir.",
            ),
            (
                "You chose so. Change it on the network when everybody is to see it.",
                "Vous l’avez choisi. Modifiez-le sur le réseau pour que tout le monde le voie.",
            ),
        ),
        E::MadePrivate => (
            (
                "It is posted, and the network made it private.",
                "C’est publié, mais le réseau l’a rendu privé.",
            ),
            (
                "Networks do so with apps that they have not audited. Change it there.",
                "Les réseaux font cela pour les applications non vérifiées. Modifiez-le sur le réseau.",
            ),
        ),
        E::CoverNotSet => (
            (
                "It is posted, without the cover that you chose.",
                "C’est publié, sans la couverture choisie.",
            ),
            (
                "Choose the cover on the network. YouTube takes covers of verified channels only.",
                "Choisissez la couverture sur le réseau. YouTube n’en accepte que des chaînes validées.",
            ),
        ),
        E::InReview => (
            (
                "It is posted, and the network does not show it to everybody yet.",
                "C’est publié, mais le réseau ne le montre pas encore à tout le monde.",
            ),
            (
                "Its moderators look first, which may take hours. Look there later.",
                "Ses modérateurs regardent d’abord, ce qui peut prendre des heures. Regardez-y plus tard.",
            ),
        ),
        E::Uncertain => (
            (
                "It may be posted: the answer was lost.",
                "C’est peut-être publié\u{202F}: la réponse s’est perdue.",
            ),
            (
                "Look on the network, then say whether it is there.",
                "Regardez sur le réseau, puis dites si elle y est.",
            ),
        ),
        E::Missed => (
            (
                "Its time passed more than a day ago.",
                "Son heure est passée depuis plus d’un jour.",
            ),
            (
                "Post it now, or choose another time.",
                "Publiez maintenant, ou choisissez une autre heure.",
            ),
        ),
        E::ClockWrong => (
            (
                "This machine’s clock is wrong.",
                "L’horloge de cette machine n’est pas à l’heure.",
            ),
            (
                "Set it right: posts go out by it.",
                "Mettez-la à l’heure\u{202F}: les publications partent d’après elle.",
            ),
        ),
        E::Postponed => (
            ("It waits for the network.", "Elle attend le réseau."),
            (
                "It goes on by itself at the time shown.",
                "Elle reprendra d’elle-même à l’heure indiquée.",
            ),
        ),
        E::BrowserUnusable => (
            (
                "The browser did not open.",
                "Le navigateur ne s’est pas ouvert.",
            ),
            (
                "Copy the address and open it yourself.",
                "Copiez l’adresse et ouvrez-la vous-même.",
            ),
        ),
        _ => (
            ("It is too late for that.", "Il est trop tard pour cela."),
            (
                "What is on the network can be changed there.",
                "Ce qui est sur le réseau peut y être modifié.",
            ),
        ),
    }
}
