package io.cosell.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Sign-in, role and webhook of Partner Center. */
final class PartnerCenterExam {

    /** Settings group. */
    static final String GROUP = "partner-center";
    static final String SYSTEM = "Partner Center";
    private static final String ROLE = "give the user the role Referrals admin for the whole company (Partner Center, Account settings, "
        + "User "
        + "management); it takes up to an hour to show. If a rule of conditional access is named, let it allow this app";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;

    private final Questions questions;
    private final Report report;
    private final Settings settings;
    private final Supplier<Optional<String>> user;

    /** @param user who signed in, as far as the sign-in service told */
    PartnerCenterExam(Questions questions, Report report, Settings settings, Supplier<Optional<String>> user) {
        this.questions = questions;
        this.report = report;
        this.settings = settings;
        this.user = user;
    }

    /** Examines all; returns the currencies of open deals. */
    List<String> run() {
        boolean referrals = questions.ask("partner-center-token", null, "sign-in", ROLE).isPresent();
        boolean events = questions.ask("partner-center-events-token", null, "sign-in", ROLE).isPresent();
        List<String> currencies = new ArrayList<>();
        if (referrals) {
            report.ok(SYSTEM, "sign-in", "as " + who() + ", for referrals");
            questions.ask("partner-center-doctor", null, "role", "the account is " + who() + ": " + ROLE).ifPresent(page -> {
                report.ok(SYSTEM, "role", who() + " reads referrals (" + page.path("seen").asInt() + " on the first page)");
                page.path("currencies").forEach(code -> currencies.add(code.asText()));
                report.unknown(SYSTEM, "role", "whether the role is Referrals admin or Referrals user, and for which locations: no call "
                    + "tells",
                    "look at Partner Center, Account settings, User management; a Referrals user sees only the deals whose team lists "
                        + "them");
            });
            report.unknown(SYSTEM, "refresh token", "how many days the refresh token has left: the sign-in service does not say. It was "
                + "renewed just "
                + "now, and each sign-in renews it", "nothing, as long as the connector runs; after 90 days without a sign-in, or a "
                    + "changed password, run login");
        } else {
            report.unknown(SYSTEM, "role", "the role of the account, as it could not sign in", "run doctor again once the sign-in works");
        }
        report.unknown(SYSTEM, "client secret", "when the secret of the app registration runs out: the sign-in service does not say",
            "look at Microsoft Entra, App registrations, Certificates & secrets, and note the day");
        report.unknown(SYSTEM, "limits", "how many calls are left: the service does not say, and no number is documented",
            "nothing; if it says \"too many\", the connector waits");
        if (events) {
            report.ok(SYSTEM, "sign-in", "as " + who() + ", for webhook registrations");
            webhook();
        } else {
            report.unknown(SYSTEM, "webhook", "which address is registered for events, as the account could not sign in for it",
                "run doctor again once the sign-in works");
        }
        reach();
        return currencies;
    }

    private String who() {
        return user.get().orElse("a user whose name the sign-in service does not tell");
    }

    private String address() {
        String base = settings.resolve("cosell.webhook.public-address").orElse("");
        return base.isEmpty() ? "" : base + settings.resolve("cosell.webhook.path").orElse("");
    }

    private void webhook() {
        Optional<Optional<JsonNode>> read = questions.askFor("webhook-registration-read", "webhook", "the account is " + who()
            + ": give it a role that may register for events (Partner Center, Account settings, User management)");
        if (read.isEmpty()) {
            return;
        }
        if (read.get().isEmpty()) {
            report.error(SYSTEM, "webhook", "no address is registered for events", "start the connector (run), then run register-webhook");
            return;
        }
        JsonNode registration = read.get().get();
        String registered = registration.path("address").asText();
        if (!address().isEmpty() && !registered.equals(address())) {
            report.error(SYSTEM, "webhook", "events go to another address, " + registered + ", and not to " + address(),
                "switch off what listens there, set cosell.webhook.overwrite = Yes, and run register-webhook");
        } else if (!registration.path("complete").asBoolean()) {
            report.error(SYSTEM, "webhook", "the address is registered, but not for all events", "run register-webhook");
        } else {
            report.ok(SYSTEM, "webhook", registered + " is registered for all events of referrals");
        }
    }

    /** Whether something answers at the address for events. Reads it, which the webhook refuses; so nothing is taken for an event. */
    private void reach() {
        if (address().isEmpty()) {
            report.warning(SYSTEM, "webhook address", "cosell.webhook.public-address is empty: no event can come, and changes in Partner "
                + "Center "
                + "are noticed by auto-heal alone", "set it to the https address under which Partner Center reaches this process");
            return;
        }
        try {
            int status = HttpClient.newBuilder().connectTimeout(PATIENCE).build().send(HttpRequest.newBuilder(URI.create(address())).GET()
                .timeout(PATIENCE).build(), BodyHandlers.discarding()).statusCode();
            if (status == NOT_FOUND) {
                report.error(SYSTEM, "webhook address", "what answers at " + address() + " knows no such path (404)",
                    "let the proxy pass the path on to the connector unchanged, or correct cosell.webhook.path");
            } else if (status >= SERVER_ERROR) {
                report.error(SYSTEM, "webhook address", "something answers at " + address() + ", but not the connector (" + status + ")",
                    "start the connector (run), and let the proxy pass on to camel.server.host and camel.server.port");
            } else {
                report.ok(SYSTEM, "webhook address", address() + " answers");
                report.unknown(SYSTEM, "webhook address", "whether it can be reached from outside: this machine is inside",
                    "run register-webhook, which lets Partner Center send an event to it");
            }
        } catch (IOException | IllegalArgumentException e) {
            report.error(SYSTEM, "webhook address", "nothing answers at " + address() + " (" + e + ")",
                "start the connector (run); correct cosell.webhook.public-address; look at proxy, certificate and firewall");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
