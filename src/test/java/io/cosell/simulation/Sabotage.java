package io.cosell.simulation;

import io.cosell.config.Preflight;
import io.cosell.sandbox.Crm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Takes one protection away from a connector, from outside: by an edited copy of a route or a mapping, by a trigger in its store, by a
 * setting, or by a bean that forgets. Nothing in the program knows of it.
 */
enum Sabotage {
    /** What both sides last agreed on is forgotten. */
    BASE(7, 10) {
        @Override
        List<String> statements() {
            return List.of("create trigger sabotage after update of base on link begin"
                + " update link set base = null where id = new.id; end");
        }
    },
    /** Writes are not guarded by the version that they were planned on. */
    VERSION_TAGS(20, 20) {
        @Override
        void edit(Path folder, Crm crm) {
            replace(folder, "routes/partner-center/partner-center-update.camel.yaml", "name: If-Match", "name: not-guarded");
            if (crm == Crm.SALESFORCE) {
                replace(folder, "routes/salesforce/salesforce-guard.camel.yaml", "if .etag == null then", "if true then");
                return;
            }
            for (String file : List.of("opportunity-update", "lead-update", "lead-qualify")) {
                replace(folder, "routes/dynamics365/dynamics365-" + file + ".camel.yaml", "deal.etag // \"*\"", "deal.nothing // \"*\"");
            }
        }
    },
    /** What was about to be written is forgotten, so that after a crash an own write looks like a user's change. */
    OWN_WRITES(98, 738) {
        @Override
        List<String> statements() {
            return List.of("create trigger sabotage after update of intent on link when new.intent is not null begin"
                + " update link set intent = case when new.intent like '%\"creating\"%'"
                + " then json_object('creating', json_extract(new.intent, '$.creating')) end where id = new.id; end");
        }
    },
    /** A new referral does not carry the id of its record, so that it can't be found by it. */
    CREATION_KEY(72, 72) {
        @Override
        void edit(Path folder, Crm crm) {
            replace(folder, "mappings/partner-center/referral-create.json", "\"recordId\": \"externalReferenceId\",", "");
        }
    },
    /** A new record does not get the key of its referral, and is not looked for by it. */
    CREATION_KEY_OF_RECORDS(87, 87) {
        @Override
        void edit(Path folder, Crm crm) {
            if (crm == Crm.SALESFORCE) {
                replace(folder, "routes/salesforce/customize.camel.yaml",
                    "method: \"PATCH\", url: \"sobjects/Opportunity/Referral_Identifier__c/\\(.deal.referralId | @uri)\"",
                    "method: \"POST\", url: \"sobjects/Opportunity\"");
                replace(folder, "routes/salesforce/customize.camel.yaml", "del(.Referral_Identifier__c) | ", "");
                replace(folder, "routes/salesforce/crm-find.camel.yaml",
                    "(.referralId | given | \"Referral_Identifier__c = \" + text), ", "");
                return;
            }
            replace(folder, "routes/dynamics365/customize.camel.yaml", "\"opportunities(\\(.deal.referralId))\"",
                "\"opportunities(\\(variable(\"anyKey\")))\"");
            replace(folder, "routes/dynamics365/customize.camel.yaml", "      steps:\n        - setVariable:\n            name: deal",
                "      steps:\n        - setVariable:\n            name: anyKey\n            expression: { simple: { expression:"
                    + " \"${uuid(random)}\" } }\n        - setVariable:\n            name: deal");
            replace(folder, "routes/dynamics365/crm-find.camel.yaml", "[ .referralId, .externalReferenceId", "[ .externalReferenceId");
        }
    },
    /** That a referral is about to be made is forgotten, so that after a crash nothing is looked for. */
    INTENT(394, 394) {
        @Override
        List<String> statements() {
            return List.of("create trigger sabotage after update of intent on link when new.intent like '%\"creating\"%' begin"
                + " update link set intent = null where id = new.id; end");
        }
    },
    /** The audit text of a record is not read, which tells whether a write was done whose answer was lost. */
    AUDIT_TEXT(25, 25) {
        @Override
        void edit(Path folder, Crm crm) {
            if (crm == Crm.SALESFORCE) {
                replace(folder, "mappings/salesforce/opportunity-in.json", "\"Audit__c\": \"audit\",", "");
                return;
            }
            replace(folder, "mappings/dynamics365/opportunity-in.json", "\"msft_microsoftpartnercenterreferralsyncaudit\": \"audit\",", "");
        }
    },
    /** Events are acknowledged first, and stored when the lanes run next. */
    STORE_BEFORE_ACKNOWLEDGE(73, 73) {
        @Override
        boolean storesLate() {
            return true;
        }
    },
    /** Auto-heal does not look back behind the newest change it has seen. */
    CURSOR_OVERLAP(50, 7) {
        @Override
        Map<String, String> settings() {
            return Map.of("cosell.auto-heal.overlap", "0s");
        }
    },
    /** A version tag does not say who made the change. */
    WHOSE_CHANGE(0, 33) {
        @Override
        void edit(Path folder, Crm crm) {
            replace(folder, "routes/salesforce/salesforce-tagged-record.camel.yaml", "/\\(.row.LastModifiedById)\"", "/\"");
            replace(folder, "routes/salesforce/crm-changes.camel.yaml", "/\\(.SystemModstamp)/\\(.LastModifiedById)\"", "/\\(.SystemModstamp)/\"");
            replace(folder, "routes/salesforce/salesforce-changed-pages.camel.yaml", "/\\(.SystemModstamp)/\\(.LastModifiedById)\"", "/\\(.SystemModstamp)/\"");
            replace(folder, "routes/salesforce/salesforce-guard.camel.yaml", " AND LastModifiedById = '\\($tag[2])'\"", "\"");
        }
    },
    /** A record that changed in this very second is taken as it was read, and not read again when the second is over. */
    SECOND_WAITED_OUT(0, 0) {
        @Override
        void edit(Path folder, Crm crm) {
            replace(folder, "routes/salesforce/crm-read.camel.yaml", "${variable.rowChangedNow} == true", "${variable.rowChangedNow} == 'never'");
            replace(folder, "routes/salesforce/crm-changes.camel.yaml",
                "row: (if .SystemModstamp[0:19] == $now[0:19] then null else . end)", "row: .");
        }

        @Override
        List<Step> history() {
            return List.of(step(Step.Kind.SELLER_CREATES, 1, 1), step(Step.Kind.POLL, 3, 1), step(Step.Kind.LANES, 0, 0),
                step(Step.Kind.EVENT_COMES, 2, 1), step(Step.Kind.LANES, 0, 0), step(Step.Kind.CLOCK_MOVES, 3, 0),
                step(Step.Kind.PARTNER_EDITS, 3, 777), step(Step.Kind.NEWEST_EVENT_COMES, 2, 1),
                step(Step.Kind.SELLER_EDITS, 0, 101), step(Step.Kind.POLL, 3, 1), step(Step.Kind.SELLER_EDITS, 3, 203),
                step(Step.Kind.LANES, 0, 0));
        }
    };

    private final Map<Crm, Long> seeds;

    Sabotage(long dynamics365, long salesforce) {
        seeds = Map.of(Crm.DYNAMICS_365, dynamics365, Crm.SALESFORCE, salesforce);
    }

    /** A seed known to catch it with a CRM; where it no longer does, others are tried. 0 if it is not tried with this CRM. */
    long seed(Crm crm) {
        return seeds.get(crm);
    }

    /** A history that catches it with Salesforce, where seeds too seldom make one; empty if seeds do. */
    List<Step> history() {
        return List.of();
    }

    private static Step step(Step.Kind kind, int a, int b) {
        return new Step(kind, 0, a, b, null);
    }

    /** Prepares the store. */
    List<String> statements() {
        return List.of();
    }

    /** Settings of the connector. */
    Map<String, String> settings() {
        return Map.of();
    }

    /** Whether events are acknowledged before they are stored. */
    boolean storesLate() {
        return false;
    }

    /** Edits the copies of routes and mappings. */
    void edit(Path folder, Crm crm) {
    }

    /** Copies routes and mappings to where a connector finds them first, and edits them. */
    void prepare(Path folder, Crm crm) {
        for (String name : List.of("routes", "mappings")) {
            Path from = Preflight.folder("classpath:" + name);
            List<Path> files = new ArrayList<>();
            try (Stream<Path> all = Files.walk(from)) {
                all.filter(Files::isRegularFile).forEach(files::add);
                for (Path file : files) {
                    Path to = folder.resolve(name).resolve(from.relativize(file).toString());
                    Files.createDirectories(to.getParent());
                    Files.copy(file, to);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        edit(folder, crm);
    }

    private static void replace(Path folder, String name, String old, String other) {
        Path file = folder.resolve(name);
        try {
            String text = Files.readString(file);
            if (!text.contains(old)) {
                throw new IllegalStateException(name + " has no " + old + " that could be taken away.");
            }
            Files.writeString(file, text.replace(old, other));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
