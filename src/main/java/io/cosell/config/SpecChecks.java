package io.cosell.config;

import io.cosell.config.Spec.Member;
import io.cosell.plan.Field;
import io.cosell.plan.Field.Travel;
import io.cosell.plan.Field.Type;
import io.cosell.plan.Policy;
import io.cosell.plan.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Checks the specs of one CRM against the fields that travel and against each other: whether what one fills another one has, and whether
 * value lists are whole. Which spec is which, its name tells: {@code KIND-in}, {@code KIND-out}.
 */
final class SpecChecks {

    static final String IN = "-in";
    static final String OUT = "-out";
    private static final String VIEW = "view";

    private final String crm;
    private final Policy policy;
    private final YamlFile fields;
    private final Contract contract = Contract.load();
    private final Set<String> shape;
    private final List<Finding> findings = new ArrayList<>();
    /** Fields that each spec fills (in) or takes (out), with the line of the first. */
    private final Map<String, Map<Field, Integer>> mapped = new HashMap<>();
    private final Map<String, Spec> byName = new LinkedHashMap<>();

    private SpecChecks(String crm, Policy policy, YamlFile fields) {
        this.crm = crm;
        this.policy = policy;
        this.fields = fields;
        this.shape = new HashSet<>(contract.inside());
        policy.fields().stream().flatMap(field -> field.paths().stream())
            .filter(path -> contract.inside().stream().noneMatch(inside -> inside.startsWith(path + "/"))).forEach(shape::add);
    }

    static List<Finding> run(String crm, List<Spec> specs, Policy policy, Path fieldsFile) throws IOException {
        try {
            SpecChecks checks = new SpecChecks(crm, policy, YamlFile.parse(fieldsFile.toString(), Files.readString(fieldsFile)));
            specs.forEach(checks::check);
            checks.checkPairs();
            checks.checkFields();
            return checks.findings;
        } catch (YamlFile.Malformed e) {
            return List.of(e.finding());
        }
    }

    private void check(Spec spec) {
        byName.put(spec.name(), spec);
        boolean ofCrm = spec.name().startsWith(crm + "/");
        if (spec.name().endsWith(IN)) {
            checkMade(spec, ofCrm ? contract.record() : contract.received());
            if (!ofCrm) {
                checkReferral(spec);
            }
        } else if (spec.name().endsWith(OUT) || !ofCrm) {
            checkTaken(spec, ofCrm ? contract.written() : contract.created());
        }
    }

    // ---- what specs make

    private void checkMade(Spec spec, List<String> members) {
        Map<Field, Integer> filled = mapped.computeIfAbsent(spec.name(), name -> new LinkedHashMap<>());
        Map<String, Map<String, Integer>> literals = new LinkedHashMap<>();
        Map<String, Integer> lists = new LinkedHashMap<>();
        for (Member instructions : spec.instructions("shift")) {
            instructions.leaves((path, leaf) -> {
                List<String> target = Spec.target(leaf.text().orElse(""));
                if (target.isEmpty()) {
                    return;
                }
                if (!target.get(0).equals(VIEW)) {
                    if (!members.contains(target.get(0)) && !isReadLater(spec, target.get(0), instructions)) {
                        findings.add(Finding.error(spec.file(), leaf.line(), "this makes " + target.get(0) + ", which nothing reads",
                            Names.didYouMean(target.get(0), members, "known are " + String.join(", ", members))));
                    }
                    return;
                }
                String pointer = pointer(target.subList(1, target.size()));
                if (pointer.isEmpty()) {
                    return;
                }
                if (!fits(pointer, shape)) {
                    findings.add(Finding.error(spec.file(), leaf.line(), "this fills " + pointer + ", which no field of fields.yaml holds, so it "
                        + "never travels", nearestPath(pointer, shape, "add a field with this path to " + fields.name() + " or take the line out")));
                }
                policy.fields().stream().filter(field -> field.paths().stream().anyMatch(own -> meet(own, pointer)))
                    .forEach(field -> filled.putIfAbsent(field, leaf.line()));
                String last = path.get(path.size() - 1).key();
                if (last.startsWith("#")) {
                    literals.computeIfAbsent(pointer, name -> new LinkedHashMap<>()).putIfAbsent(last.substring(1), path.get(path.size() - 1).line());
                    lists.putIfAbsent(pointer, path.get(Math.max(0, path.size() - 3)).line());
                }
            });
        }
        literals.forEach((pointer, values) -> checkValuesMade(spec, pointer, values, lists.get(pointer)));
        checkStatusesMade(spec, literals);
    }

    private boolean isReadLater(Spec spec, String name, Member instructions) {
        int own = spec.operations().stream().filter(operation -> operation.members().contains(instructions)).findFirst()
            .map(spec.operations()::indexOf).orElse(0);
        return spec.operations().subList(own + 1, spec.operations().size()).stream().flatMap(Member::all)
            .anyMatch(member -> member.key().equals(name) || member.text().orElse("").contains(name));
    }

    private void checkValuesMade(Spec spec, String pointer, Map<String, Integer> made, int line) {
        List<String> known = values(pointer);
        if (known.isEmpty()) {
            return;
        }
        made.forEach((value, at) -> {
            if (!known.contains(value)) {
                findings.add(Finding.error(spec.file(), at, "\"" + value + "\" is no value of " + pointer,
                    Names.didYouMean(value, known, "known are " + String.join(", ", known))));
            }
        });
        if (isChoice(pointer)) {
            List<String> missing = known.stream().filter(value -> !made.containsKey(value)).toList();
            if (!missing.isEmpty()) {
                findings.add(Finding.error(spec.file(), line, "this list of values never gives " + String.join(", ", missing) + " of " + pointer,
                    "add a line for each"));
            }
        }
    }

    /** Each status has a substatus, and there is a way to say that a deal is closed. */
    private void checkStatusesMade(Spec spec, Map<String, Map<String, Integer>> literals) {
        for (Field field : policy.fields()) {
            if (field.type() != Type.STATUS || field.with().isEmpty() || !literals.containsKey(field.path())) {
                continue;
            }
            Map<String, Integer> statuses = literals.get(field.path());
            Set<String> substatuses = literals.getOrDefault(field.with().get(0), Map.of()).keySet();
            statuses.forEach((status, line) -> {
                List<String> own = contract.statuses().getOrDefault(status, List.of());
                if (!own.isEmpty() && own.stream().noneMatch(substatuses::contains)) {
                    findings.add(Finding.error(spec.file(), line, "no substatus goes with the status " + status,
                        "give " + field.with().get(0) + " " + (own.size() == 1 ? own.get(0) : "one of " + String.join(", ", own)) + " beside it"));
                }
            });
            List<String> missing = contract.statuses().keySet().stream().filter(status -> !status.equals("New") && !statuses.containsKey(status))
                .toList();
            if (!missing.isEmpty()) {
                findings.add(Finding.error(spec.file(), statuses.values().iterator().next(), "no value gives the status "
                    + String.join(" or ", missing), "add a line for it"));
            }
        }
    }

    /** What the spec of a referral reads must be what a referral has. */
    private void checkReferral(Spec spec) {
        Set<String> known = new HashSet<>(shape);
        known.addAll(contract.referral());
        for (Member instructions : spec.instructions("shift").stream().limit(1).toList()) {
            checkRead(spec, instructions, "", known, "which a referral does not have");
        }
    }

    private void checkRead(Spec spec, Member at, String above, Set<String> known, String why) {
        for (Member member : at.members()) {
            if (isNumber(member.key()) || member.key().equals("*")) {
                checkRead(spec, member, above, known, why);
                continue;
            }
            for (String name : member.key().split("\\|")) {
                if (!Spec.plain(name)) {
                    continue;
                }
                String pointer = above + "/" + name;
                if (!fits(pointer, known)) {
                    findings.add(Finding.error(spec.file(), member.line(), "this reads " + pointer + ", " + why,
                        nearestPath(pointer, known, "correct the name or take the line out")));
                } else if (known.stream().anyMatch(path -> path.startsWith(pointer + "/"))) {
                    checkRead(spec, member, pointer, known, why);
                }
            }
        }
    }

    // ---- what specs take

    private void checkTaken(Spec spec, List<String> members) {
        Map<Field, Integer> taken = mapped.computeIfAbsent(spec.name(), name -> new LinkedHashMap<>());
        for (Member instructions : spec.instructions("shift").stream().limit(1).toList()) {
            for (Member member : instructions.members()) {
                if (Spec.plain(member.key()) && !members.contains(member.key())) {
                    findings.add(Finding.error(spec.file(), member.line(), "this reads " + member.key() + ", which the spec does not get",
                        Names.didYouMean(member.key(), members, "known are " + String.join(", ", members))));
                }
            }
            instructions.member(VIEW).ifPresent(view -> {
                checkRead(spec, view, "", shape, "which no field of fields.yaml holds");
                eachPath(view, "", (pointer, member) -> {
                    policy.fields().stream().filter(field -> field.paths().contains(pointer))
                        .forEach(field -> taken.putIfAbsent(field, member.line()));
                    checkValuesTaken(spec, pointer, member);
                });
            });
        }
    }

    private interface EachPath {
        void at(String pointer, Member member);
    }

    private static void eachPath(Member at, String above, EachPath to) {
        for (Member member : at.members()) {
            if (Spec.plain(member.key())) {
                to.at(above + "/" + member.key(), member);
                eachPath(member, above + "/" + member.key(), to);
            }
        }
    }

    private void checkValuesTaken(Spec spec, String pointer, Member list) {
        List<String> known = values(pointer);
        List<Member> lines = list.members().stream().filter(member -> member.text().isEmpty() && !member.key().startsWith("@")).toList();
        if (known.isEmpty() || lines.isEmpty() || lines.stream().anyMatch(member -> member.key().equals("*"))) {
            return;
        }
        Set<String> listed = new HashSet<>();
        for (Member line : lines) {
            for (String value : line.key().split("\\|")) {
                listed.add(value);
                if (!value.isEmpty() && !known.contains(value)) {
                    findings.add(Finding.error(spec.file(), line.line(), "\"" + value + "\" is no value of " + pointer,
                        Names.didYouMean(value, known, "known are " + String.join(", ", known))));
                }
            }
        }
        List<String> closing = contract.statuses().getOrDefault("Closed", List.of());
        List<String> needed = isChoice(pointer) ? known
            : isSubstatus(pointer) && closing.stream().anyMatch(listed::contains) ? closing : List.of();
        List<String> missing = needed.stream().filter(value -> !listed.contains(value)).toList();
        if (!missing.isEmpty()) {
            findings.add(Finding.error(spec.file(), list.line(), "this list of values leaves out " + String.join(", ", missing) + " of " + pointer,
                "add a line for each"));
        }
    }

    // ---- specs beside each other

    /** What one of a pair writes, the other one reads. */
    private void checkPairs() {
        for (Spec in : byName.values()) {
            String kind = in.name().replaceFirst(IN + "$", "");
            Spec out = byName.get(kind + OUT);
            if (!in.name().startsWith(crm + "/") || !in.name().endsWith(IN) || out == null) {
                continue;
            }
            Map<Field, Integer> filled = mapped.get(in.name());
            Map<Field, Integer> taken = mapped.get(out.name());
            filled.forEach((field, line) -> {
                if (field.updates(Side.CRM) && field.type() != Type.LIST && !taken.containsKey(field)) {
                    findings.add(Finding.error(in.file(), line, "this reads " + field.path() + ", but " + out.file() + " never writes it",
                        "write it there, or let it travel to Partner Center only (to-crm: never in " + fields.name() + ")"));
                }
            });
            taken.forEach((field, line) -> {
                if (field.toCrm() == Travel.ALWAYS && !filled.containsKey(field)) {
                    findings.add(Finding.error(out.file(), line, "this writes " + field.path() + ", but " + in.file() + " never reads it",
                        "read it there; what is never read is never compared"));
                }
            });
        }
    }

    /** Fields that travel, and that nothing fills. */
    private void checkFields() {
        List<String> receiving = byName.keySet().stream().filter(name -> name.endsWith(IN) && !name.startsWith(crm + "/")).toList();
        List<String> reading = byName.keySet().stream().filter(name -> name.endsWith(IN) && name.startsWith(crm + "/")).toList();
        for (int i = 0; i < policy.fields().size(); i++) {
            Field field = policy.fields().get(i);
            int line = fields.line(List.of("fields", i, "path"));
            if (field.toCrm() != Travel.NEVER && receiving.stream().noneMatch(name -> mapped.get(name).containsKey(field))) {
                unfilled(field, line, "the spec of a referral", String.join(", ", receiving));
            }
            if ((field.updates(Side.CRM) || field.updates(Side.PARTNER_CENTER))
                && reading.stream().noneMatch(name -> mapped.get(name).containsKey(field))) {
                unfilled(field, line, "a spec of " + crm, String.join(", ", reading));
            }
        }
    }

    private void unfilled(Field field, int line, String by, String where) {
        Set<String> made = new TreeSet<>();
        byName.values().stream().filter(spec -> spec.name().endsWith(IN)).flatMap(spec -> spec.instructions("shift").stream())
            .forEach(instructions -> instructions.leaves((path, leaf) -> {
                List<String> target = Spec.target(leaf.text().orElse(""));
                if (target.size() > 1 && target.get(0).equals(VIEW)) {
                    made.add(pointer(target.subList(1, target.size())));
                }
            }));
        made.removeAll(shape);
        // The other system's specs may fill this very path.
        made.remove(field.path());
        findings.add(Finding.error(fields.name(), line, field.path() + " travels, but is not filled by " + by,
            Names.didYouMean(field.path(), made, "fill " + VIEW + field.path().replace('/', '.') + " in " + (where.isEmpty() ? "one" : where)
                + ", or take the field out")));
    }

    // ---- values and paths

    private boolean isChoice(String pointer) {
        return policy.fields().stream().anyMatch(field -> field.type() == Type.CHOICE && field.path().equals(pointer));
    }

    private boolean isSubstatus(String pointer) {
        return policy.fields().stream().anyMatch(field -> field.type() == Type.STATUS && field.with().indexOf(pointer) == 0);
    }

    /** The values that a path may have; none when it may have any. */
    private List<String> values(String pointer) {
        if (isSubstatus(pointer)) {
            return contract.statuses().values().stream().flatMap(Collection::stream).toList();
        }
        return policy.fields().stream().filter(field -> field.path().equals(pointer)).findFirst().map(field -> switch (field.type()) {
            case STATUS -> List.copyOf(contract.statuses().keySet());
            case CHOICE -> field.values();
            default -> List.<String>of();
        }).orElse(List.of());
    }

    private static boolean isNumber(String name) {
        return name.chars().allMatch(Character::isDigit) && !name.isEmpty();
    }

    private static String pointer(List<String> names) {
        StringBuilder pointer = new StringBuilder();
        names.stream().filter(name -> !isNumber(name)).forEach(name -> pointer.append('/').append(name));
        return pointer.toString();
    }

    /** Whether a path is one of the known ones, leads to one, or lies in one. */
    private static boolean fits(String pointer, Set<String> known) {
        return known.stream().anyMatch(path -> meet(path, pointer));
    }

    private static boolean meet(String one, String other) {
        return one.equals(other) || one.startsWith(other + "/") || other.startsWith(one + "/");
    }

    /** The known path with the nearest name in the same place, or the nearest path. */
    private static String nearestPath(String pointer, Set<String> known, String otherwise) {
        int depth = pointer.split("/").length;
        List<String> cut = known.stream().map(path -> String.join("/", Arrays.stream(path.split("/")).limit(depth).toList())).distinct().toList();
        return Names.didYouMean(pointer, Stream.concat(cut.stream(), known.stream()).distinct().toList(), otherwise);
    }
}
