package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The preferences of one request (section 1.2), however many headers they came in.
 *
 * @param representation  whether writes answer with the row
 * @param annotations     patterns of the annotations asked for, empty for none
 * @param pageSize        rows per page, if asked for
 * @param trackChanges    whether a delta link is asked for
 * @param continueOnError whether a batch goes on after an error
 * @param applied         the preferences understood, for {@code Preference-Applied}
 */
record Prefer(boolean representation, List<Pattern> annotations, OptionalInt pageSize, boolean trackChanges, boolean continueOnError,
              List<String> applied) {

    static final String FORMATTED = "OData.Community.Display.V1.FormattedValue";
    static final String LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname";
    static final String NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty";
    static final String TOTAL = "Microsoft.Dynamics.CRM.totalrecordcount";
    static final String TOTAL_CAPPED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded";
    static final String METADATA_VERSION = "Microsoft.Dynamics.CRM.globalmetadataversion";
    static final int LARGEST_PAGE = 5000;

    private static final Pattern PREFERENCE = Pattern.compile("([^=,;\\s]+)\\s*(?:=\\s*(?:\"([^\"]*)\"|([^,\\s]*)))?");

    static Prefer of(Request request) {
        boolean representation = false;
        List<Pattern> annotations = new ArrayList<>();
        OptionalInt pageSize = OptionalInt.empty();
        boolean track = false;
        boolean goOn = false;
        List<String> applied = new ArrayList<>();
        Matcher preference = PREFERENCE.matcher(request.header("Prefer").orElse(""));
        while (preference.find()) {
            String value = preference.group(2) != null ? preference.group(2) : preference.group(3);
            boolean known = true;
            switch (preference.group(1).toLowerCase()) {
                case "return" -> representation = "representation".equals(value);
                case "odata.include-annotations" -> annotations.addAll(patterns(value == null ? "" : value));
                case "odata.maxpagesize" -> pageSize = OptionalInt.of(pageSize(value));
                case "odata.track-changes" -> track = true;
                case "odata.continue-on-error" -> goOn = true;
                default -> known = false;
            }
            if (known) {
                applied.add(preference.group().trim());
            }
        }
        return new Prefer(representation, List.copyOf(annotations), pageSize, track, goOn, List.copyOf(applied));
    }

    private static List<Pattern> patterns(String list) {
        List<Pattern> patterns = new ArrayList<>();
        for (String name : list.split(",")) {
            if (!name.isBlank()) {
                patterns.add(Pattern.compile(Pattern.quote(name.trim()).replace("*", "\\E.*\\Q")));
            }
        }
        return patterns;
    }

    private static int pageSize(String value) {
        try {
            int size = Integer.parseInt(value);
            if (size < 1) {
                throw Refusal.query("odata.maxpagesize must be from 1 to " + LARGEST_PAGE + ", not " + value + ".");
            }
            return Math.min(size, LARGEST_PAGE);
        } catch (NumberFormatException e) {
            throw Refusal.query("odata.maxpagesize must be a number from 1 to " + LARGEST_PAGE + ", not '" + value + "'.");
        }
    }

    /** True if this annotation was asked for. */
    boolean wants(String annotation) {
        return annotations.stream().anyMatch(pattern -> pattern.matcher(annotation).matches());
    }
}
