package io.cosell.config;

import io.cosell.config.Spec.Member;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The columns that the specs of a CRM read and write, taken from the specs themselves: names that {@code KIND-in} reads before its first
 * shift has made the record of them, and that {@code KIND-out}, {@code KIND-create} and {@code KIND-update} write.
 */
public final class Columns {

    private static final Pattern SIBLING = Pattern.compile("@\\(1,([^),.]+)\\)");
    private static final Pattern LOOKUP = Pattern.compile("_(\\w+)_value");

    private Columns() {
    }

    /** What is done with a column. */
    public enum Use {
        READ, WRITTEN
    }

    /**
     * One column where a spec names it.
     *
     * @param use    what is done with it
     * @param table  the kind of record for its own columns ({@code opportunity}); for columns of others what the spec calls them, such as
     *               {@code account} or the lookup they are read through
     * @param name   the column's name
     * @param values the values it is compared with, or that are written into it, word by word; empty where values go through as they are
     * @param nested whether it is read through another column, so that {@code table} may be no table's name
     * @param file   the spec
     * @param line   its line there
     */
    public record Column(Use use, String table, String name, List<String> values, boolean nested, String file, int line) {
    }

    /**
     * The columns of the CRM that is served.
     *
     * @param mappings the folder of mappings
     */
    public static List<Column> of(Settings settings, Path mappings) {
        String crm = settings.resolve("cosell.crm").orElse("");
        return MappingChecks.specs(settings, mappings).stream().filter(spec -> spec.name().startsWith(crm + "/"))
            .flatMap(spec -> of(spec).stream()).toList();
    }

    static List<Column> of(Spec spec) {
        String name = spec.name().substring(spec.name().indexOf('/') + 1);
        int dash = name.lastIndexOf('-');
        if (dash < 0) {
            return List.of();
        }
        String kind = name.substring(0, dash);
        return switch (name.substring(dash)) {
            case SpecChecks.IN -> read(spec, kind);
            case SpecChecks.OUT -> written(spec, kind);
            case "-create", "-update" -> added(spec, kind);
            default -> List.of();
        };
    }

    // ---- read

    private static List<Column> read(Spec spec, String kind) {
        List<Column> columns = new ArrayList<>();
        Set<String> made = new HashSet<>();
        for (Member operation : spec.operations()) {
            Optional<Member> instructions = operation.member("spec");
            if (operation.textOf("operation").equals("shift")) {
                instructions.ifPresent(shift -> readByShift(spec, kind, shift, false, made, columns));
                break;
            }
            instructions.ifPresent(modify -> readByModify(spec, kind, modify, false, made, columns));
        }
        return columns;
    }

    private static void readByModify(Spec spec, String table, Member at, boolean nested, Set<String> made, List<Column> to) {
        at.members().forEach(member -> made.add(table + "." + plainName(member.key())));
        for (Member member : at.members()) {
            if (member.text().isEmpty()) {
                readByModify(spec, plainName(member.key()), member, true, made, to);
            }
            Matcher sibling = SIBLING.matcher(member.text().orElse(""));
            while (sibling.find()) {
                if (!made.contains(table + "." + sibling.group(1))) {
                    add(to, Use.READ, table, sibling.group(1), List.of(), nested, spec.file(), member.line());
                }
            }
        }
    }

    private static void readByShift(Spec spec, String table, Member at, boolean nested, Set<String> made, List<Column> to) {
        for (Member member : at.members()) {
            for (String name : member.key().split("\\|")) {
                boolean list = name.equals("*") || isNumber(name);
                if (list && member.text().isEmpty()) {
                    readByShift(spec, table, member, nested, made, to); // elements of a list have the columns
                } else if (!Spec.plain(name) || name.startsWith("\\") || name.isEmpty() || made.contains(table + "." + name)) {
                    continue;
                } else if (member.text().isPresent() || isValue(member)) {
                    add(to, Use.READ, table, name, values(member), nested, spec.file(), member.line());
                } else {
                    boolean ofList = member.members().size() == 1 && member.members().get(0).key().equals("records");
                    readByShift(spec, name, ofList ? member.members().get(0) : member, true, made, to);
                }
            }
        }
    }

    /** Whether what is inside are targets, or looks at a value and not at further columns. */
    private static boolean isValue(Member member) {
        return member.members().stream().allMatch(inside -> isNumber(inside.key()) && inside.text().isPresent())
            || member.members().stream().anyMatch(Columns::isWord);
    }

    private static boolean isNumber(String name) {
        return !name.isEmpty() && name.chars().allMatch(Character::isDigit);
    }

    /** A value that is compared with: what stands behind it are words (#), the value ($, @) or further comparisons. */
    private static boolean isWord(Member inside) {
        return inside.key().startsWith("@") || inside.key().startsWith("$") || inside.key().isEmpty()
            || inside.members().stream().anyMatch(member -> member.key().startsWith("#") || member.key().startsWith("$")
                || member.key().startsWith("@"));
    }

    private static List<String> values(Member member) {
        return member.text().isPresent() ? List.of() : member.members().stream().filter(inside -> inside.text().isEmpty())
            .flatMap(inside -> Stream.of(inside.key().split("\\|"))).filter(value -> !value.isEmpty() && Spec.plain(value)).toList();
    }

    // ---- written

    private static List<Column> written(Spec spec, String kind) {
        List<Column> columns = new ArrayList<>();
        for (Member shift : spec.instructions("shift").stream().limit(1).toList()) {
            shift.leaves((path, leaf) -> {
                List<String> target = Spec.target(leaf.text().orElse(""));
                String last = path.get(path.size() - 1).key();
                if (target.size() == 2 && !leaf.text().orElse("").contains("[") && !target.get(0).equals("close")) {
                    add(columns, Use.WRITTEN, target.get(0).equals("record") ? kind : target.get(0), target.get(1),
                        last.startsWith("#") ? List.of(last.substring(1)) : List.of(), false, spec.file(), leaf.line());
                }
            });
        }
        return columns;
    }

    /** Columns that are filled beside the fields. */
    private static List<Column> added(Spec spec, String kind) {
        List<Column> columns = new ArrayList<>();
        for (Member table : spec.instructions("").stream().flatMap(instructions -> instructions.members().stream()).toList()) {
            table.members().stream().filter(column -> Spec.plain(plainName(column.key()).replace("@odata", "")))
                .forEach(column -> add(columns, Use.WRITTEN, plainName(table.key()).equals("record") ? kind : plainName(table.key()),
                    plainName(column.key()), List.of(), false, spec.file(), column.line()));
        }
        return columns;
    }

    private static String plainName(String key) {
        return key.endsWith("?") ? key.substring(0, key.length() - 1) : key;
    }

    /** A name as the table has it: without annotations, and without what the way of reading a lookup adds. */
    private static void add(List<Column> to, Use use, String table, String name, List<String> values, boolean nested, String file, int line) {
        String bare = name.replace("\\", "").replaceFirst("@.*", "");
        Matcher lookup = LOOKUP.matcher(bare);
        to.add(new Column(use, table, use == Use.READ && lookup.matches() ? lookup.group(1) : bare, values, nested, file, line));
    }
}
