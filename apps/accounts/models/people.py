from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from apps.accounts.models.store import Store


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail; what they may do is said by memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    # Everyone in a team works in the admin; roles decide what they see there.
    is_staff = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """One spelling of an address: Ada@ and ada@ are one person, who can sign in
        whoever typed it."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def get_short_name(self) -> str:
        return str(self)

    def get_full_name(self) -> str:
        return str(self)


class Role(models.TextChoices):
    """Each role may do what the ones below it may, and more."""

    OWNER = "owner", "Owner: everything, the team and keys too"
    MANAGER = "manager", "Manager: changes prices, stock and campaigns"
    ANALYST = "analyst", "Analyst: reads"

    @property
    def rank(self) -> int:
        return {Role.ANALYST: 1, Role.MANAGER: 2, Role.OWNER: 3}[self]

    def reaches(self, needed: Role) -> bool:
        return self.rank >= needed.rank


class Membership(models.Model):
    """A person's role in one store's team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.ANALYST)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "store"], name="accounts_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.store}"
