package io.cosell.sandbox.dataverse;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What can differ between two Dataverse organisations, and what the documents leave open. Immutable; start from {@link #defaults()}.
 *
 * @param clientId               application id the token endpoint knows
 * @param clientSecret           its secret
 * @param duplicateStatus        HTTP status of a found duplicate: 412 or 500, on which the documents disagree (contract 4.2)
 * @param microsoftColumnsOnLead whether leads carry Microsoft's msft_ columns too (contract 5.4: unknown)
 * @param currencies             ISO codes of the currencies enabled in the organisation; the first is its base currency
 * @param columns                a partner's own columns
 * @param keys                   alternate keys
 * @param microsoftSolution      whether the organisation has Microsoft's tables and columns
 * @param largestBody            most bytes of a request; more answers 413 (contract 4.2 names the status, no document the number)
 */
public record DataverseOptions(String clientId, String clientSecret, int duplicateStatus, boolean microsoftColumnsOnLead,
                               boolean microsoftSolution, List<String> currencies, List<CustomColumn> columns,
                               List<AlternateKey> keys, int largestBody) {

    private static final int USUAL_LARGEST_BODY = 128 * 1024 * 1024;
    private static final int USUAL_DUPLICATE_STATUS = 412;

    private static final Set<String> CUSTOM_TYPES =
        Set.of("string", "memo", "money", "decimal", "double", "int", "bool", "date", "datetime", "uniqueidentifier");

    /**
     * A column a partner added.
     *
     * @param table    logical name of the table
     * @param name     logical name of the column
     * @param type     string (up to 100 characters), memo, money, decimal, double, int, bool, date, datetime or uniqueidentifier
     * @param required whether a create without it is refused, as a partner's plug-in would
     */
    public record CustomColumn(String table, String name, String type, boolean required) {
    }

    /**
     * An alternate key.
     *
     * @param table   logical name of the table
     * @param columns logical names of its columns
     */
    public record AlternateKey(String table, List<String> columns) {
    }

    public DataverseOptions {
        if (duplicateStatus != USUAL_DUPLICATE_STATUS && duplicateStatus != 500) {
            throw new IllegalArgumentException("The status of a found duplicate is 412 or 500, not " + duplicateStatus + ".");
        }
        if (currencies.isEmpty()) {
            throw new IllegalArgumentException("An organisation has at least one currency, its base currency.");
        }
        currencies = List.copyOf(currencies);
        columns = List.copyOf(columns);
        keys = List.copyOf(keys);
    }

    /** Client {@code sandbox-client} with secret {@code sandbox-secret}, duplicates answered 412, msft_ columns on leads, USD EUR GBP. */
    public static DataverseOptions defaults() {
        return new DataverseOptions("sandbox-client", "sandbox-secret", 412, true, true, List.of("USD", "EUR", "GBP"), List.of(), List.of(),
            USUAL_LARGEST_BODY);
    }

    /** The application the token endpoint knows, and its secret. */
    public DataverseOptions withClient(String id, String secret) {
        return new DataverseOptions(id, secret, duplicateStatus, microsoftColumnsOnLead, microsoftSolution,
            currencies, columns, keys, largestBody);
    }

    /** The status of a found duplicate, 412 or 500; see {@link #duplicateStatus()}. */
    public DataverseOptions withDuplicateStatus(int status) {
        return new DataverseOptions(clientId, clientSecret, status, microsoftColumnsOnLead, microsoftSolution,
            currencies, columns, keys, largestBody);
    }

    /** Whether leads carry Microsoft's columns; see {@link #microsoftColumnsOnLead()}. */
    public DataverseOptions withMicrosoftColumnsOnLead(boolean present) {
        return new DataverseOptions(clientId, clientSecret, duplicateStatus, present, microsoftSolution,
            currencies, columns, keys, largestBody);
    }

    /** Without Microsoft's tables and columns, as an organisation is before anything is set up. */
    public DataverseOptions withoutMicrosoftSolution() {
        return new DataverseOptions(clientId, clientSecret, duplicateStatus, microsoftColumnsOnLead, false, currencies, columns, keys,
            largestBody);
    }

    /** The enabled currencies, the base currency first. */
    public DataverseOptions withCurrencies(String... isoCodes) {
        return new DataverseOptions(clientId, clientSecret, duplicateStatus, microsoftColumnsOnLead, microsoftSolution,
            List.of(isoCodes), columns, keys, largestBody);
    }

    /**
     * Adds a partner's own column; see {@link CustomColumn}.
     *
     * @throws IllegalArgumentException for a type a custom column can't have
     */
    public DataverseOptions withColumn(String table, String name, String type, boolean required) {
        if (!CUSTOM_TYPES.contains(type)) {
            throw new IllegalArgumentException("A custom column can be one of " + CUSTOM_TYPES + ", not " + type + ".");
        }
        List<CustomColumn> more = new ArrayList<>(columns);
        more.add(new CustomColumn(table, name, type, required));
        return new DataverseOptions(clientId, clientSecret, duplicateStatus, microsoftColumnsOnLead, microsoftSolution,
            currencies, more, keys, largestBody);
    }

    /** Declares an alternate key (contract 3.3). */
    public DataverseOptions withAlternateKey(String table, String... keyColumns) {
        List<AlternateKey> more = new ArrayList<>(keys);
        more.add(new AlternateKey(table, List.of(keyColumns)));
        return new DataverseOptions(clientId, clientSecret, duplicateStatus, microsoftColumnsOnLead, microsoftSolution,
            currencies, columns, more, largestBody);
    }

    /** Most bytes of a request; see {@link #largestBody()}. */
    public DataverseOptions withLargestBody(int bytes) {
        return new DataverseOptions(clientId, clientSecret, duplicateStatus, microsoftColumnsOnLead, microsoftSolution,
            currencies, columns, keys, bytes);
    }

    /** The switches that are on from the start because of these options. */
    Set<DataverseSwitch> switchedOn() {
        Set<DataverseSwitch> on = EnumSet.noneOf(DataverseSwitch.class);
        if (duplicateStatus != USUAL_DUPLICATE_STATUS) {
            on.add(DataverseSwitch.DUPLICATES_ANSWER_500);
        }
        if (!microsoftColumnsOnLead) {
            on.add(DataverseSwitch.LEADS_WITHOUT_MICROSOFT_COLUMNS);
        }
        if (!microsoftSolution) {
            on.add(DataverseSwitch.WITHOUT_MICROSOFT_SOLUTION);
        }
        return on;
    }
}
