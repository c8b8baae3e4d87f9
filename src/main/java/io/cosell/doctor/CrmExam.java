package io.cosell.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.Visit;
import io.cosell.config.Settings;
import io.cosell.schema.CrmSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Sign-in, rights, schema, currencies and limits of the CRM, by the optional verbs {@code crm-doctor} and {@code crm-schema} of its
// adapter. */
final class CrmExam {

    private static final String VERB = "crm-doctor";
    /** Less of a limit than this is too little. */
    private static final double ENOUGH = 0.1;
    /** A certificate is to be renewed this long before it runs out. */
    private static final Duration IN_TIME = Duration.ofDays(30);

    private final Visit visit;
    private final Questions questions;
    private final Report report;
    private final Clock clock;
    private final String system;
    private final String crm;
    private String who = "the account";

    CrmExam(Visit visit, Questions questions, Report report, Clock clock, String system, String crm) {
        this.visit = visit;
        this.questions = questions;
        this.report = report;
        this.clock = clock;
        this.system = system;
        this.crm = crm;
    }

    /** @param dealCurrencies currencies of deals in Partner Center */
    void run(List<String> dealCurrencies) {
        certificate();
        if (questions.ask(crm + "-token", null, "sign-in", "").isEmpty()) {
            report.unknown(system, "everything else", "rights, tables, columns, currencies and limits, as the account could not sign in",
                "run doctor again once the sign-in works");
            return;
        }
        if (visit.connector().offers(VERB)) {
            account();
            rights();
            for (String kind : List.of("opportunity", "lead")) {
                topic(kind).ifPresent(answer -> report.ok(system, "reading", "records can be read with all that is configured"));
            }
            currencies(dealCurrencies);
            limits();
        } else {
            report.ok(system, "sign-in", "works");
            report.unknown(system, "everything else", "rights, currencies and limits: the adapter has no verb crm-doctor",
                "docs/adapter.md says what that gives");
        }
        schema();
    }

    /** Asks the adapter about a topic; what it found wrong by itself, and what it can't know, is in the report already. */
    private Optional<JsonNode> topic(String topic) {
        int before = (int) report.all().stream().filter(Diagnosis::isFinding).count();
        Optional<JsonNode> answer = questions.ask(VERB, topic, topic,
            "give the account of the connector the rights that README and docs/adapter.md list")
            .filter(JsonNode::isObject);
        if (answer.isEmpty()) {
            report.unknown(system, topic, "what belongs to \"" + topic + "\", as it could not be read",
                "do what the errors above say, and run doctor again");
        }
        answer.ifPresent(found -> {
            found.path("findings").forEach(one -> report.error(system, one.path("about").asText(topic), one.path("message").asText(),
                one.path("fix").asText()));
            found.path("unknown").forEach(one -> report.unknown(system, one.path("about").asText(topic), one.path("message").asText(),
                one.path("fix").asText()));
        });
        return answer.filter(found -> report.all().stream().filter(Diagnosis::isFinding).count() == before
            || !topic.matches("opportunity|lead"));
    }

    private void account() {
        topic("account").ifPresent(answer -> {
            who = answer.path("name").asText(who);
            report.ok(system, "sign-in", "as " + who);
        });
    }

    private void rights() {
        topic("rights").ifPresent(answer -> {
            long given = 0;
            for (JsonNode right : answer.path("rights")) {
                if (right.path("has").asBoolean()) {
                    given++;
                } else {
                    report.error(system, "rights", who + " may not " + right.path("what").asText(), right.path("fix").asText());
                }
            }
            if (given == answer.path("rights").size()) {
                report.ok(system, "rights", "all " + given + " that the connector needs");
            }
        });
    }

    private void currencies(List<String> ofDeals) {
        topic("currencies").ifPresent(answer -> {
            List<String> there = StreamSupport.stream(answer.path("currencies").spliterator(), false).map(JsonNode::asText).toList();
            if (there.isEmpty()) {
                report.unknown(system, "currencies", "which currencies there are", "see the findings about currencies");
                return;
            }
            List<String> missing = ofDeals.stream().filter(code -> !there.contains(code)).toList();
            missing.forEach(code -> report.error(system, "currencies", "open deals in Partner Center are in " + code
                + ", which is not set up",
                answer.path("fix").asText()));
            if (missing.isEmpty()) {
                report.ok(system, "currencies", String.join(", ", there));
            }
        });
    }

    private void limits() {
        topic("limits").ifPresent(answer -> answer.path("limits").forEach(limit -> {
            String text = String.format("%,d of %,d %s left", limit.path("left").asLong(), limit.path("of").asLong(),
                limit.path("name").asText());
            if (limit.path("left").asDouble() < ENOUGH * limit.path("of").asDouble()) {
                report.warning(system, "limits", text, limit.path("fix").asText());
            } else {
                report.ok(system, "limits", text);
            }
        }));
    }

    private void schema() {
        Optional<CrmSchema> schema;
        try {
            schema = visit.connector().crmSchema();
        } catch (RuntimeException e) {
            questions.fail("tables", e.getCause() == null ? e : e.getCause(),
                "let the account of the connector read what the CRM's tables are");
            return;
        }
        JsonNode needs = visit.connector().offers(VERB) ? topic("needs").orElse(null) : null;
        if (schema.isEmpty()) {
            report.unknown(system, "tables", "tables and columns: the adapter has no verb crm-schema",
                "docs/adapter.md says what that gives");
        } else {
            new SchemaExam(report, system, schema.get()).run(visit.connector().crmTables(), visit.connector().columns(), needs);
        }
    }

    /** The certificate that an account signs in with has an end that can be known. */
    private void certificate() {
        Settings settings = visit.settings();
        Map<String, String> own = settings.catalog().stream().filter(setting -> setting.name().startsWith("cosell." + crm + "."))
            .collect(Collectors.toMap(setting -> setting.name().substring(("cosell." + crm + ".").length()),
                setting -> settings.resolve(setting.name()).orElse("")));
        if (!own.getOrDefault("sign-in", "").equals("jwt-bearer")) {
            return;
        }
        Path file = Path.of(own.getOrDefault("key-store", ""));
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, own.getOrDefault("key-store-password", "").toCharArray());
            String alias = own.getOrDefault("key-alias", "");
            String name = alias.isEmpty() ? Collections.list(store.aliases()).get(0) : alias;
            if (store.getCertificate(name) instanceof X509Certificate certificate) {
                ends(file, certificate.getNotAfter().toInstant());
            }
        } catch (IOException | GeneralSecurityException | IndexOutOfBoundsException e) {
            report.error(system, "certificate", "the key store " + file + " can't be read: " + e.getMessage(),
                "correct cosell." + crm + ".key-store and its password");
        }
    }

    private void ends(Path file, Instant end) {
        Duration left = Duration.between(clock.instant(), end);
        String fix = "make a new key and certificate, give the certificate to the app, and set cosell." + crm + ".key-store";
        if (left.isNegative()) {
            report.error(system, "certificate", "the certificate in " + file + " has run out " + left.abs().toDays() + " days ago", fix);
        } else if (left.compareTo(IN_TIME) < 0) {
            report.warning(system, "certificate", "the certificate in " + file + " runs out in " + left.toDays() + " days", fix);
        } else {
            report.ok(system, "certificate", "good for " + left.toDays() + " days");
        }
    }
}
