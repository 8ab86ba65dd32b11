"""Clock, money, errors, health and the base of API and admin; knows no other app."""
