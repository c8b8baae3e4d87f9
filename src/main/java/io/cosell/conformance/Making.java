package io.cosell.conformance;

import static io.cosell.conformance.Suite.OPPORTUNITY;
import static io.cosell.conformance.Suite.applies;
import static io.cosell.conformance.Suite.equal;
import static io.cosell.conformance.Suite.fails;
import static io.cosell.conformance.Suite.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.lane.NotFoundFailure;
import io.cosell.lane.StaleFailure;
import io.cosell.plan.Field;
import java.util.List;
import java.util.Map;

/** Checks of {@code crm-find}, {@code customize} and {@code crm-read}: from nothing to a record that is read back. */
final class Making {

    private static final String FIND = "crm-find";
    private static final String MAKE = "customize";
    private static final String READ = "crm-read";

    private final Suite suite;
    private final String referral = Sample.referralId();
    private final JsonNode view;
    private JsonNode record;

    Making(Suite suite) {
        this.suite = suite;
        view = suite.sample.view("Active", "Accepted");
    }

    /** The record that was made; null if that failed. */
    JsonNode record() {
        return record;
    }

    void check() {
        findNothing();
        make();
        if (record != null) {
            fields();
            makeAgain();
            findAgain();
            read();
        }
    }

    /** Somebody else's deal. */
    private JsonNode strange() {
        ObjectNode strange = suite.sample.view("Active", "Accepted");
        ObjectNode customer = (ObjectNode) strange.path("customerProfile");
        customer.put("name", customer.path("name").asText() + " of others");
        ((ObjectNode) customer.path("team").path(0)).put("email", "others." + suite.sample.email());
        return strange;
    }

    private void findNothing() {
        suite.check(FIND, "nothing to look for: nothing is found, and no call is made", () -> {
            JsonNode found = suite.find(Map.of());
            require(isBlank(found.path("record")), "It found a record: " + found.path("record"));
            require(suite.verbs.callsSoFar() == 0, "It makes calls though there is nothing to look for.");
            return "";
        });
        suite.check(FIND, "what is not there is not found: record, account, contact, solutions", () -> {
            isNothing(suite.find(Map.of("referralId", referral, "view", view)));
            return "";
        });
    }

    private static void isNothing(JsonNode found) {
        for (String part : List.of("record", "accountId", "contactId")) {
            require(isBlank(found.path(part)), "It found " + part + " of a deal that nobody has made: " + found.path(part));
        }
    }

    private void make() {
        suite.check(MAKE, "makes an opportunity and answers with it", () -> {
            JsonNode made = suite.make(OPPORTUNITY, referral, view);
            equal("kind", OPPORTUNITY, made.path("kind").asText());
            require(!isBlank(made.path("id")), "The answer has no id.");
            require(!isBlank(made.path("etag")), "The answer has no etag, so that no write can be guarded.");
            require(made.path("view").isObject(), "The answer has no view.");
            equal("status", "Active", made.path("status").asText());
            record = made;
            return "";
        });
    }

    private void fields() {
        for (Field field : suite.fieldsAtCreation(view)) {
            suite.check(MAKE, "gives back: " + field.title(), () -> {
                applies(Suite.isHeld(field, record), "The CRM does not hold it.");
                Suite.holds(field, view, record);
                return "";
            });
        }
        suite.check(MAKE, "keeps identifier, switch, audit text and the mark before the name", () -> {
            equal("referralId", referral, record.path("referralId").asText());
            equal("sync", true, record.path("sync").asBoolean());
            equal("audit", "Made by the conformance suite.", record.path("audit").asText());
            equal("displayName", suite.mark() + view.path("name").asText(), record.path("displayName").asText());
            equal("the name in the view", view.path("name"), record.path("view").path("name"));
            return "";
        });
    }

    private void makeAgain() {
        suite.check(MAKE, "a second try for the same referral makes nothing and ends as Stale", () -> {
            fails(StaleFailure.class, () -> suite.make(OPPORTUNITY, referral, view));
            equal("The record of the referral", record.path("id"), suite.find(Map.of("referralId", referral)).path("record").path("id"));
            JsonNode now = suite.read(record);
            for (Field field : suite.fieldsAtCreation(view)) {
                if (Suite.isHeld(field, record)) {
                    Suite.holds(field, view, now);
                }
            }
            return "";
        });
    }

    private void findAgain() {
        suite.check(FIND, "finds the record by the referral's id", () -> {
            found(suite.find(Map.of("referralId", referral)));
            return "";
        });
        suite.check(FIND, "finds the record by its own id, as a referral names it", () -> {
            found(suite.find(Map.of("externalReferenceId", record.path("id").asText())));
            return "";
        });
        suite.check(FIND, "takes nobody else's record, account and contact for those of another deal", () -> {
            isNothing(suite.find(Map.of("referralId", Sample.referralId(), "view", strange())));
            return "";
        });
        suite.check(FIND, "finds the customer's account and contact that were made", () -> {
            applies(record.path("view").has("customerProfile"), "The CRM does not hold the customer.");
            JsonNode found = suite.find(Map.of("view", view));
            require(!isBlank(found.path("accountId")), "It did not find the account.");
            require(!isBlank(found.path("contactId")), "It did not find the contact.");
            return "";
        });
        suite.check(MAKE, "a second deal of the same customer uses account and contact that are there", () -> {
            applies(record.path("view").has("customerProfile"), "The CRM does not hold the customer.");
            JsonNode before = suite.find(Map.of("view", view));
            suite.make(OPPORTUNITY, Sample.referralId(), suite.sample.view("Active", "Accepted"), false);
            JsonNode after = suite.find(Map.of("view", view));
            equal("The account", before.path("accountId"), after.path("accountId"));
            equal("The contact", before.path("contactId"), after.path("contactId"));
            return "";
        });
    }

    private void found(JsonNode found) {
        equal("The record that was found", record.path("id").asText(), found.path("record").path("id").asText());
        equal("Its kind", OPPORTUNITY, found.path("record").path("kind").asText());
    }

    private void read() {
        suite.check(READ, "gives the record as it was made", () -> {
            JsonNode read = suite.read(record);
            suite.isUnchanged(record, read);
            equal("id", record.path("id"), read.path("id"));
            record = read;
            return "";
        });
        suite.check(READ, "read twice, it is the same, version tag included", () -> {
            equal("The record", suite.read(record), suite.read(record));
            return "";
        });
        suite.check(READ, "an id that is not there ends as NotFound, with a message for people", () -> {
            Messages.forPeople(suite, fails(NotFoundFailure.class, () -> suite.read(OPPORTUNITY, Sample.unknownId(record.path("id").asText()))));
            return "";
        });
    }

    static boolean isBlank(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.isTextual() && value.asText().isBlank();
    }
}
