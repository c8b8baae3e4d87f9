package io.cosell.sandbox;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;

/**
 * What a person sees of a deal on one side, in words that fit both.
 *
 * @param name      name without the connector's mark
 * @param value     deal value, null if empty
 * @param currency  its currency, an ISO code, null if empty
 * @param closing   estimated closing date, null if empty
 * @param notes     notes, empty if there are none
 * @param status    as {@code Active/Accepted}
 * @param solutions ids of the solutions in alphabetical order; null where this side keeps none, as on leads
 */
public record Deal(String name, BigDecimal value, String currency, LocalDate closing, String notes, String status,
                   List<String> solutions) {

    public Deal {
        notes = notes == null ? "" : notes;
        solutions = solutions == null ? null : solutions.stream().sorted().toList();
    }
}
