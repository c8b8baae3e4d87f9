package io.cosell.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.cosell.config.Placeholders.Placeholder;
import io.cosell.config.PropertyFile.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of the connector: the catalog, the values in force, and what is wrong with them.
 *
 * <p>The catalog is the {@code application.properties} packed into the jar. Each {@code cosell.*} property there has a comment directly
 * above it, of which the first line is its description and a line such as {@code # type: Yes/No} or {@code # type: text, optional} its type
 * (see {@link SettingType#parse}; without one it is a text). A type that ends in {@code , if cosell.other is value} says that the setting must
 * be set only then. Its value is the default. Other properties are Camel's own and are left alone.
 *
 * <p>A CRM may declare settings of its own, {@code cosell.<crm>.*}, in the same form in {@code <crm>.properties} in its folder of routes.
 * Those of a CRM that is not served may be left empty.
 *
 * <p>A value is taken from, in this order: the environment ({@code COSELL_DEAL_VALUE_FIELD}), a Java system property, the user's file, the
 * packed file, the file of the CRM. That is Camel's order, so what is checked here is what runs. Files are read as UTF-8.
 */
public final class Settings {

    private static final String OWN = "cosell.";
    private static final String CRM = "cosell.crm";
    private static final String TYPE = "type:";
    private static final String ENDING = ".properties";
    private static final String PACKED = "application.properties in the jar";
    private static final Pattern FROM_OUTSIDE = Pattern.compile("\\{\\{(env|sys):[^{}]+}}");
    private static final Pattern NEEDED_IF = Pattern.compile(", if (\\S+) is (\\S+)$");
    private static final int DEEPEST = 20;

    private final Map<String, Setting> catalog = new LinkedHashMap<>();
    private final Map<String, Value> given = new HashMap<>();
    private final Map<String, String> environment;
    private final List<String> crms;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<Finding, String> open = new LinkedHashMap<>();
    private String userFileName = "application.properties";

    /** A value before its placeholders are resolved, where it stands, and whether it is there as a default. */
    private record Value(String raw, String file, int line, boolean byDefault) {
    }

    private Settings(List<String> crms, Map<String, String> environment) {
        this.crms = crms;
        this.environment = Map.copyOf(environment);
    }

    /** Reads and checks settings where no CRM has any of its own. */
    static Settings load(InputStream packed, Optional<Path> userFile, Map<String, String> environment) {
        return load(packed, Optional.empty(), userFile, environment);
    }

    /**
     * Reads and checks the settings. What is wrong is in {@link #findings()}, all at once.
     *
     * @param packed      the {@code application.properties} of the jar; not closed
     * @param routes      the folder of routes, in which each CRM has its own; they may hold settings
     * @param userFile    the user's file, if there is one
     * @param environment environment variables
     * @throws UncheckedIOException when the packed file can't be read
     */
    public static Settings load(InputStream packed, Optional<Path> routes, Optional<Path> userFile, Map<String, String> environment) {
        Settings settings = new Settings(routes.map(Crms::in).orElse(List.of()), environment);
        try {
            settings.addPacked(PropertyFile.parse(PACKED, new String(packed.readAllBytes(), UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("The settings in the jar can't be read", e);
        }
        routes.ifPresent(settings::addFilesOfCrms);
        userFile.ifPresent(settings::addUserFile);
        settings.catalog.values().forEach(settings::check);
        return settings;
    }

    /** Whether the CRM that is served is on this machine: all addresses among its settings are. */
    public boolean isCrmOnThisMachine() {
        String group = OWN + get(CRM) + ".";
        List<String> addresses = catalog.values().stream()
            .filter(setting -> setting.name().startsWith(group) && setting.type() instanceof SettingType.Url)
            .map(setting -> get(setting.name())).filter(value -> !value.isEmpty()).toList();
        return !addresses.isEmpty() && addresses.stream().allMatch(SettingType.Url::isLoopback);
    }

    /** Every setting of the connector, in the order of the packed file; those of the CRMs' own files come last. */
    public List<Setting> catalog() {
        return List.copyOf(catalog.values());
    }

    /**
     * One setting of the catalog.
     *
     * @throws IllegalArgumentException when there is no such setting
     */
    public Setting catalogued(String name) {
        if (!catalog.containsKey(name)) {
            throw new IllegalArgumentException("There is no setting " + name);
        }
        return catalog.get(name);
    }

    /** What is wrong with the settings, in no special order. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /**
     * Those of the findings that say no more than that a value is still to be given, with the setting's name: a variable of the environment
     * that is not set here, and what is empty among settings of a system for which nobody has set any yet. Where the connector shall run
     * they are mistakes; where its files are only looked at they are not.
     */
    Map<Finding, String> open() {
        return Collections.unmodifiableMap(open);
    }

    /** Whether someone has given a value to any of a group's settings that are delivered without one. */
    private boolean isBegun(String group) {
        return catalog.values().stream().filter(setting -> setting.name().startsWith(group))
            .map(setting -> Map.entry(setting, source(setting.name())))
            .anyMatch(one -> one.getKey().defaultValue().isEmpty() && !one.getKey().optional() && !one.getValue().raw().isEmpty());
    }

    /**
     * The value in force, its placeholders resolved; empty when the setting is empty.
     *
     * @throws IllegalArgumentException when there is no such setting, or a placeholder in it can't be resolved
     */
    public String get(String name) {
        if (!catalog.containsKey(name)) {
            throw new IllegalArgumentException("There is no setting " + name);
        }
        List<String> unresolved = new ArrayList<>();
        String value = expand(source(name).raw(), unresolved, 0);
        if (!unresolved.isEmpty()) {
            throw new IllegalArgumentException("The setting " + name + " refers to {{" + unresolved.get(0) + "}}, which is not set");
        }
        return value;
    }

    /**
     * True when a setting of type Yes/No is Yes.
     *
     * @throws IllegalArgumentException when there is no such setting
     */
    public boolean isYes(String name) {
        return get(name).equals("Yes");
    }

    /**
     * The value of a setting of type duration.
     *
     * @throws IllegalArgumentException when there is no such setting or its value is no duration
     */
    public Duration duration(String name) {
        return SettingType.Time.parse(get(name));
    }

    /**
     * The text of a mapping with the value of each placeholder in its place, escaped for JSON.
     *
     * @param file   the file as the integrator knows it
     * @param text   its text
     * @param first  values that win over the settings
     * @param others asked where a setting is empty or missing, by the placeholder's expression
     * @throws IllegalArgumentException when there is no value for a placeholder, with file and line
     */
    public String fill(String file, String text, Map<String, String> first, Function<String, Optional<String>> others) {
        return Placeholders.replace(text, placeholder -> {
            String value = Optional.ofNullable(first.get(placeholder.expression()))
                .or(() -> resolve(placeholder.expression()).filter(found -> !found.isEmpty()))
                .or(() -> others.apply(placeholder.expression())).or(() -> resolve(placeholder.expression()))
                .orElseThrow(() -> new IllegalArgumentException(file + ":" + placeholder.line() + ": there is no value for " + placeholder
                    + ". Add it to application.properties or correct the name."));
            return new String(JsonStringEncoder.getInstance().quoteAsString(value));
        });
    }

    /**
     * The value a placeholder stands for: {@code name}, {@code name:default}, {@code ?name}, {@code env:NAME} or {@code sys:name}.
     *
     * @param expression what stands between the braces
     * @return the value, or nothing when there is none
     */
    public Optional<String> resolve(String expression) {
        List<String> unresolved = new ArrayList<>();
        String value = expand("{{" + expression + "}}", unresolved, 0);
        return unresolved.isEmpty() ? Optional.of(value) : Optional.empty();
    }

    /** Names a placeholder may use. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(given.keySet());
        names.addAll(catalog.keySet());
        return names;
    }

    private void addPacked(PropertyFile file) {
        findings.addAll(file.findings());
        for (Entry entry : file.entries()) {
            given.put(entry.key(), new Value(entry.value(), file.name(), entry.line(), true));
            if (entry.key().startsWith(OWN)) {
                catalog.put(entry.key(), setting(file.name(), entry));
            }
        }
    }

    private void addFilesOfCrms(Path routes) {
        for (String crm : crms) {
            Path path = routes.resolve(crm).resolve(crm + ENDING);
            if (Files.isRegularFile(path)) {
                read(path).ifPresent(file -> addFileOfCrm(crm, file));
            }
        }
    }

    /** A CRM adds settings of its own; those of the connector and of other CRMs are not its to change. */
    private void addFileOfCrm(String crm, PropertyFile file) {
        findings.addAll(file.findings());
        for (Entry entry : file.entries()) {
            if (!entry.key().startsWith(OWN + crm + ".")) {
                findings.add(Finding.error(file.name(), entry.line(), entry.key() + " is no setting of this CRM",
                        "begin its name with " + OWN + crm + ". here; set others in application.properties"));
            } else if (catalog.containsKey(entry.key())) {
                findings.add(Finding.error(file.name(), entry.line(), entry.key() + " is declared twice",
                        "declare it once: here or in the application.properties of the connector"));
            } else {
                given.put(entry.key(), new Value(entry.value(), file.name(), entry.line(), true));
                catalog.put(entry.key(), setting(file.name(), entry));
            }
        }
    }

    private Optional<PropertyFile> read(Path path) {
        try {
            return Optional.of(PropertyFile.parse(path.toString(), Files.readString(path)));
        } catch (IOException e) {
            findings.add(Finding.error(path.toString(), 0, "the file can't be read as UTF-8 text", "check its permissions and its encoding"));
            return Optional.empty();
        }
    }

    private Setting setting(String file, Entry entry) {
        List<String> comments = entry.comments();
        String type = comments.stream().filter(line -> line.startsWith(TYPE)).map(line -> line.substring(TYPE.length()).strip())
                .findFirst().orElse("text");
        String description = comments.isEmpty() || comments.get(0).startsWith(TYPE) ? "" : comments.get(0);
        Matcher neededIf = NEEDED_IF.matcher(type);
        Optional<Setting.Condition> condition = neededIf.find()
            ? Optional.of(new Setting.Condition(neededIf.group(1), neededIf.group(2))) : Optional.empty();
        type = condition.isEmpty() ? type : type.substring(0, neededIf.start());
        boolean optional = type.endsWith(", optional");
        SettingType parsed = new SettingType.Text();
        try {
            parsed = SettingType.parse(optional ? type.substring(0, type.lastIndexOf(',')).strip() : type, crms);
        } catch (IllegalArgumentException e) {
            findings.add(Finding.error(file, entry.line(), entry.key() + ": " + e.getMessage(),
                    "correct the \"# type:\" line above it"));
        }
        return new Setting(entry.key(), parsed, optional, condition, entry.value(), description);
    }

    private void addUserFile(Path path) {
        userFileName = path.toString();
        read(path).ifPresent(this::addUserFile);
    }

    private void addUserFile(PropertyFile file) {
        findings.addAll(file.findings());
        Map<String, Integer> lines = new HashMap<>();
        for (Entry entry : file.entries()) {
            Integer before = lines.put(entry.key(), entry.line());
            if (before != null) {
                findings.add(Finding.error(file.name(), entry.line(), entry.key() + " is already set in line " + before,
                        "keep one of the two"));
            }
            if (entry.key().startsWith(OWN) && !catalog.containsKey(entry.key())) {
                findings.add(Finding.error(file.name(), entry.line(), "there is no setting " + entry.key(),
                        Names.didYouMean(entry.key(), catalog.keySet(), "remove the line")));
            }
            if (!entry.key().startsWith(OWN) && !entry.key().startsWith("camel.")) {
                Names.nearest(entry.key(), catalog.keySet()).ifPresent(meant -> findings.add(Finding.warning(file.name(), entry.line(),
                        "nothing reads " + entry.key(), "did you mean " + meant + "?")));
            }
            given.put(entry.key(), new Value(entry.value(), file.name(), entry.line(), false));
            if (catalog.containsKey(entry.key()) && catalog.get(entry.key()).secret() && !entry.value().isEmpty()
                    && !FROM_OUTSIDE.matcher(entry.value()).matches()) {
                findings.add(Finding.warning(file.name(), entry.line(), entry.key() + " is a secret in plain text",
                        "set it to {{env:" + catalog.get(entry.key()).environmentVariable() + "}} and put the secret into that variable"));
            }
        }
    }

    private void check(Setting setting) {
        Value source = source(setting.name());
        // What has no default is to be added to the user's file.
        String file = source.byDefault() ? userFileName : source.file();
        int line = source.byDefault() ? 0 : source.line();
        List<String> unresolved = new ArrayList<>();
        String value = expand(source.raw(), unresolved, 0);
        // A copy of the packed file says no more than the packed file.
        boolean asDelivered = source.byDefault() || source.raw().equals(setting.defaultValue());
        if (asDelivered && (value.isEmpty() || !unresolved.isEmpty()) && !isNeeded(setting)) {
            return;
        }
        if (!unresolved.isEmpty() && isOfUnknownCrm(unresolved.get(0))) {
            return; // that there is no such CRM is told once
        }
        if (!unresolved.isEmpty()) {
            String missing = unresolved.get(0);
            Finding finding = Finding.error(file, line, setting.name() + " refers to {{" + missing + "}}, which is not set",
                    missing.startsWith("env:") ? "set the environment variable " + missing.substring("env:".length())
                            : Names.didYouMean(missing, names(), "set it or write the value here"));
            findings.add(finding);
            if (missing.startsWith("env:")) {
                open.put(finding, setting.name());
            }
        } else if (value.isEmpty()) {
            if (isNeeded(setting)) {
                Finding finding = Finding.error(file, line, setting.name() + " is missing", "set it to " + setting.type().expected()
                        + (setting.description().isEmpty() ? "" : ": " + setting.description()));
                findings.add(finding);
                if (!isBegun(setting.name().substring(0, setting.name().indexOf('.', OWN.length()) + 1))) {
                    open.put(finding, setting.name());
                }
            }
        } else if (!setting.type().accepts(value)) {
            findings.add(Finding.error(source.file(), source.line(),
                    setting.name() + " must be " + setting.type().expected() + ", but is \"" + value + "\"", setting.description()));
        }
    }

    private boolean isOfUnknownCrm(String name) {
        return !crms.isEmpty() && resolve(CRM).filter(crm -> !crms.contains(crm) && name.startsWith(OWN + crm + ".")).isPresent();
    }

    /**
     * False for optional settings, for those whose condition is not met, and for those of a CRM that is not the chosen one, told by their
     * names: {@code cosell.<crm>.*}.
     */
    private boolean isNeeded(Setting setting) {
        if (setting.optional() || setting.condition().isPresent()
                && resolve(setting.condition().get().setting()).filter(setting.condition().get().value()::equals).isEmpty()) {
            return false;
        }
        return !isOfAnotherCrm(setting.name().split("\\.")[1]);
    }

    /** Whether a group of settings, or a folder of that name, is that of a CRM that this process does not serve. */
    boolean isOfAnotherCrm(String group) {
        return catalog.containsKey(CRM) && catalog.get(CRM).type() instanceof SettingType.Choice choice && choice.values().contains(group)
                && resolve(CRM).filter(group::equals).isEmpty();
    }

    private Value source(String name) {
        String variable = Setting.environmentVariable(name);
        if (environment.containsKey(variable)) {
            return new Value(environment.get(variable).strip(), "environment variable " + variable, 0, false);
        }
        String property = System.getProperty(name);
        return property == null ? given.get(name) : new Value(property.strip(), "-D" + name, 0, false);
    }

    private String expand(String text, List<String> unresolved, int depth) {
        return Placeholders.replace(text, placeholder -> valueOf(placeholder, depth).orElseGet(() -> {
            unresolved.add(placeholder.expression());
            return "";
        }));
    }

    private Optional<String> valueOf(Placeholder placeholder, int depth) {
        String expression = placeholder.expression();
        if (expression.startsWith("env:") || expression.startsWith("sys:")) {
            String[] parts = expression.substring("env:".length()).split(":", 2);
            String value = expression.startsWith("env:") ? environment.get(parts[0]) : System.getProperty(parts[0]);
            return Optional.ofNullable(value == null && parts.length == 2 ? parts[1] : value);
        }
        boolean maybe = expression.startsWith("?");
        String[] parts = (maybe ? expression.substring(1) : expression).split(":", 2);
        Value source = source(parts[0]);
        if (source == null || depth == DEEPEST) {
            return maybe ? Optional.of("") : parts.length == 2 ? Optional.of(parts[1]) : Optional.empty();
        }
        List<String> unresolved = new ArrayList<>();
        String value = expand(source.raw(), unresolved, depth + 1);
        return unresolved.isEmpty() ? Optional.of(value) : Optional.empty();
    }
}
