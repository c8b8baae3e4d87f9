package io.cosell.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.util.TimeUtils;
import org.quartz.CronExpression;

/** What the value of a setting must look like. */
public sealed interface SettingType {

    /** True when a setting may have this value. Never called with an empty one. */
    boolean accepts(String value);

    /** What is accepted, in words that complete "must be". */
    String expected();

    /** Any text. */
    record Text() implements SettingType {

        @Override
        public boolean accepts(String value) {
            return true;
        }

        @Override
        public String expected() {
            return "a text";
        }
    }

    /** A text that a mapping compares with: one without signs that mean something to JOLT there. */
    record Label() implements SettingType {

        private static final Pattern SIGNS = Pattern.compile("[*|&@$#\\[\\]\\\\]");

        @Override
        public boolean accepts(String value) {
            return !SIGNS.matcher(value).find();
        }

        @Override
        public String expected() {
            return "a text without any of the signs * | & @ $ # [ ] \\";
        }
    }

    /** A text that must not be read by everyone who can read the file. */
    record Secret() implements SettingType {

        @Override
        public boolean accepts(String value) {
            return true;
        }

        @Override
        public String expected() {
            return "a secret from the environment, such as {{env:NAME}}";
        }
    }

    /** {@code Yes} or {@code No}, spelt exactly so. */
    record YesNo() implements SettingType {

        @Override
        public boolean accepts(String value) {
            return value.equals("Yes") || value.equals("No");
        }

        @Override
        public String expected() {
            return "Yes or No";
        }
    }

    /** One of a few words. */
    record Choice(List<String> values) implements SettingType {

        public Choice {
            values = List.copyOf(values);
        }

        @Override
        public boolean accepts(String value) {
            return values.contains(value);
        }

        @Override
        public String expected() {
            return values.size() == 1 ? values.get(0) : "one of " + String.join(", ", values);
        }
    }

    /** An https address; http only on this machine itself, where a sandbox may listen. */
    record Url() implements SettingType {

        private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

        /** Whether an address is one of this machine itself. */
        static boolean isLoopback(String address) {
            String host = URI.create(address).getHost();
            return host != null && LOOPBACK.matcher(host).matches();
        }

        @Override
        public boolean accepts(String value) {
            try {
                URI address = new URI(value);
                return address.getHost() != null && address.getRawUserInfo() == null && address.getRawFragment() == null
                        && ("https".equalsIgnoreCase(address.getScheme())
                        || "http".equalsIgnoreCase(address.getScheme()) && LOOPBACK.matcher(address.getHost()).matches());
            } catch (URISyntaxException e) {
                return false;
            }
        }

        @Override
        public String expected() {
            return "an https address (http only for localhost) without user name and fragment";
        }
    }

    /** A whole number, both bounds included. */
    record WholeNumber(int min, int max) implements SettingType {

        @Override
        public boolean accepts(String value) {
            try {
                int number = Integer.parseInt(value);
                return number >= min && number <= max;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        @Override
        public String expected() {
            return "a whole number from " + min + " to " + max;
        }
    }

    /** A length of time: ISO 8601 ({@code PT10M}) or Camel's way ({@code 10m}, {@code 1h30m}). A bare number is refused: it has no unit. */
    record Time() implements SettingType {

        private static final Pattern CAMEL = Pattern.compile("(\\d+(ms|[dhms]))+");

        /**
         * Reads a length of time.
         *
         * @throws IllegalArgumentException when it is none
         */
        static Duration parse(String value) {
            try {
                return CAMEL.matcher(value).matches() ? TimeUtils.toDuration(value) : Duration.parse(value);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException("\"" + value + "\" is not " + new Time().expected(), e);
            }
        }

        @Override
        public boolean accepts(String value) {
            try {
                return !parse(value).isNegative();
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Override
        public String expected() {
            return "a duration such as PT10M, 10m or 30s";
        }
    }

    /** A Quartz cron expression; {@code +} may stand for a blank, as in an endpoint's address. */
    record Cron() implements SettingType {

        @Override
        public boolean accepts(String value) {
            return CronExpression.isValidExpression(value.replace('+', ' '));
        }

        @Override
        public String expected() {
            return "a cron expression with seconds, such as 0 0/15 * * * ?";
        }
    }

    /** A comma-separated list of {@link HostPatterns}. */
    record Hosts() implements SettingType {

        @Override
        public boolean accepts(String value) {
            try {
                HostPatterns.parse(value);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Override
        public String expected() {
            return "a comma-separated list of hosts such as api.example.com, *.example.com or localhost:8443";
        }
    }

    /**
     * Reads a type as the settings file writes it: {@code text}, {@code label}, {@code secret}, {@code Yes/No}, {@code choice a|b},
     * {@code crm}, {@code url}, {@code integer 1..100}, {@code duration}, {@code cron} or {@code hosts}.
     *
     * @param crms the choice that {@code crm} stands for
     * @throws IllegalArgumentException when it is none of these
     */
    static SettingType parse(String text, List<String> crms) {
        Matcher choice = Pattern.compile("choice\\s+(\\S+)").matcher(text);
        if (choice.matches()) {
            return new Choice(Arrays.asList(choice.group(1).split("\\|")));
        }
        Matcher integer = Pattern.compile("integer\\s+(-?\\d{1,9})\\.\\.(-?\\d{1,9})").matcher(text);
        if (integer.matches()) {
            return new WholeNumber(Integer.parseInt(integer.group(1)), Integer.parseInt(integer.group(2)));
        }
        return switch (text) {
            case "text" -> new Text();
            case "crm" -> new Choice(crms);
            case "label" -> new Label();
            case "secret" -> new Secret();
            case "Yes/No" -> new YesNo();
            case "url" -> new Url();
            case "duration" -> new Time();
            case "cron" -> new Cron();
            case "hosts" -> new Hosts();
            default -> throw new IllegalArgumentException("\"" + text + "\" is no type of a setting; known are text, label, secret, Yes/No, "
                    + "choice a|b, crm, url, integer 1..100, duration, cron, hosts");
        };
    }
}
