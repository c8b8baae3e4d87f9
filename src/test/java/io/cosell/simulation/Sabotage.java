package io.cosell.simulation;

import io.cosell.config.Preflight;
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
    BASE(7) {
        @Override
        List<String> statements() {
            return List.of("create trigger sabotage after update of base on link begin"
                + " update link set base = null where id = new.id; end");
        }
    },
    /** Writes are not guarded by the version that they were planned on. */
    VERSION_TAGS(20) {
        @Override
        void edit(Path folder) {
            replace(folder, "routes/partner-center/partner-center-update.camel.yaml", "name: If-Match", "name: not-guarded");
            for (String file : List.of("opportunity-update", "lead-update", "lead-qualify")) {
                replace(folder, "routes/dynamics365/dynamics365-" + file + ".camel.yaml", "deal.etag // \"*\"", "deal.nothing // \"*\"");
            }
        }
    },
    /** What was about to be written is forgotten, so that after a crash an own write looks like a user's change. */
    OWN_WRITES(2) {
        @Override
        List<String> statements() {
            return List.of("create trigger sabotage after update of intent on link when new.intent is not null begin"
                + " update link set intent = case when new.intent like '%\"creating\"%'"
                + " then json_object('creating', json_extract(new.intent, '$.creating')) end where id = new.id; end");
        }
    },
    /** A new referral does not carry the id of its record, so that it can't be found by it. */
    CREATION_KEY(72) {
        @Override
        void edit(Path folder) {
            replace(folder, "mappings/partner-center/referral-create.json", "\"recordId\": \"externalReferenceId\",", "");
        }
    },
    /** A new record does not get the key of its referral, and is not looked for by it. */
    CREATION_KEY_OF_RECORDS(87) {
        @Override
        void edit(Path folder) {
            replace(folder, "routes/dynamics365/customize.camel.yaml", "\"opportunities(\\(.deal.referralId))\"",
                "\"opportunities(\\(variable(\"anyKey\")))\"");
            replace(folder, "routes/dynamics365/customize.camel.yaml", "      steps:\n        - setVariable:\n            name: deal",
                "      steps:\n        - setVariable:\n            name: anyKey\n            expression: { simple: { expression:"
                    + " \"${uuid(random)}\" } }\n        - setVariable:\n            name: deal");
            replace(folder, "routes/dynamics365/crm-find.camel.yaml", "[ .referralId, .externalReferenceId", "[ .externalReferenceId");
        }
    },
    /** That a referral is about to be made is forgotten, so that after a crash nothing is looked for. */
    INTENT(394) {
        @Override
        List<String> statements() {
            return List.of("create trigger sabotage after update of intent on link when new.intent like '%\"creating\"%' begin"
                + " update link set intent = null where id = new.id; end");
        }
    },
    /** The audit text of a record is not read, which tells whether a write was done whose answer was lost. */
    AUDIT_TEXT(25) {
        @Override
        void edit(Path folder) {
            replace(folder, "mappings/dynamics365/opportunity-in.json", "\"msft_microsoftpartnercenterreferralsyncaudit\": \"audit\",", "");
        }
    },
    /** Events are acknowledged first, and stored when the lanes run next. */
    STORE_BEFORE_ACKNOWLEDGE(73) {
        @Override
        boolean storesLate() {
            return true;
        }
    },
    /** Auto-heal does not look back behind the newest change it has seen. */
    CURSOR_OVERLAP(50) {
        @Override
        Map<String, String> settings() {
            return Map.of("cosell.auto-heal.overlap", "0s");
        }
    };

    private final long seed;

    Sabotage(long seed) {
        this.seed = seed;
    }

    /** A seed known to catch it; where it no longer does, others are tried. */
    long seed() {
        return seed;
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
    void edit(Path folder) {
    }

    /** Copies routes and mappings to where a connector finds them first, and edits them. */
    void prepare(Path folder) {
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
        edit(folder);
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
