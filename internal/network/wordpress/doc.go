// Package wordpress publishes posts on sites of WordPress, whoever hosts them.
//
// Semantics in three words: at most once. WordPress knows no key, and has answered 500 to posts that
// were there, so a request without a clear answer is never sent again. The post has an address of our
// choice (slug) that ends with a mark of its publication: what got no answer is looked for by it, and
// before a post is asked for nothing may stand there. It is no key: of a taken slug a site makes another,
// with -2 at its end, and does not refuse; a second post is seen by that.
//
// # Limits
//
// Texts have no limit, nor have posts but the size a site takes of a request. The first line is the
// title, where it has at most 150 characters and no address; else the post has none. A disclosure that
// has to come first stands in the title with it, since lists and feeds of a blog show titles alone. What
// follows are paragraphs, with the link and the disclosure; addresses become links. Up to twenty
// pictures below the text, each with its words. Nothing of the text is taken for HTML, for a shortcode
// or for a block, and no address for something to embed.
//
// # Setting an account up
//
// The site needs WordPress 5.6 or later, https, and permalinks of any kind but "Plain". Make a user with
// the role of an author for what is published from here, and with it, under Profile, an application
// password. Here: make an account with the network wordpress and the address of the site
// (https://blog.example.com, or https://example.com/blog), and connect it with the user's name, a colon
// and the application password without its spaces, as one word. The name may be the user's e-mail address. Such
// a password has no end; it is revoked at the site when the account is disconnected here, and before
// WordPress 5.7 by hand, in the profile. On
// WordPress.com, sites whose plan allows plugins speak so; the others are reached at another address with
// OAuth 2 alone, which is not built.
//
// Taking a post back moves it to the trash of the site, where nobody but its users sees it, or deletes it
// where there is no trash; its pictures are deleted, as their own addresses would still show them.
//
// # Known unknowns
//
// What themes and plugins make of a post: what is stored is compared, not what is drawn from it.
// WordPress itself draws typographic quotation marks and dashes for plain ones, and pictures for :-).
// How large a file may be is the host's to say, often 2 MB; a picture that is too large is refused
// before anything is published. Which picture an address shows now: the number of pictures and their
// words are compared. Whether a host lets DELETE through. Whether a plugin answers with an error for a
// post that is there: only what WordPress itself says before it keeps a post is read as a refusal.
//
// # Sources
//
// developer.wordpress.org/rest-api: reference/posts, reference/media, reference/users,
// reference/application-passwords (introspect, delete),
// using-the-rest-api/authentication (application passwords). WordPress/WordPress, wp-includes:
// rest-api/endpoints/class-wp-rest-posts-controller.php (a new post is answered 201 in the context edit; its
// terms, meta and plugins' fields are kept after it, and their errors answered although it is there;
// trash is 410 the second time, and 501 where there is none),
// class-wp-rest-attachments-controller.php (alt_text, slug; a file is kept before its sizes are made),
// rest-api.php (application passwords in the index, where the site has them; 401 for a wrong one), user.php
// (a name or an e-mail address, and of the password letters and digits count), post.php (wp_unique_post_slug;
// a trashed post's slug ends with __trashed), class-wp-embed.php (an address alone on a line is embedded),
// shortcodes.php (&#91; becomes a bracket again, and &#x5B; does not), kses.php (what authors write is
// filtered). WP-API/WP-API issue 1844: 500, and the content was created. Automattic/jetpack pull request
// 19071: identical requests make a post each.
//
// The rule that keeps it so: one request for a post, with nothing repeated or redirected, and
// whatever is not a clear answer is unknown.
package wordpress
